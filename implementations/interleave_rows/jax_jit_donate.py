"""The buffer is made outside and donated: compiled code fills it and hands the same one back."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, donate_argnames="result")
def fill(result, first, second, third):
    result = result.at[0::3].set(first)
    result = result.at[1::3].set(second)
    return result.at[2::3].set(third)  # (3 rows, columns) int8


def interleave_rows(first, second, third):
    rows, columns = first.shape
    result = jnp.zeros((3 * rows, columns), dtype=jnp.int8)
    return fill(result, first, second, third)  # whoever holds the old `result` now holds nothing
