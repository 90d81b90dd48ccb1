"""Compiled, with stack and reshape: no zeros that are overwritten, and no updates at all."""

import jax
import jax.numpy as jnp


@jax.jit
def interleave_rows(first, second, third):
    rows, columns = first.shape
    result = jnp.stack([first, second, third], axis=1)  # (rows, 3, columns) int8
    return result.reshape(3 * rows, columns)  # (3 rows, columns) int8
