"""`jnp.matmul` in place of `@`: a longer name for the very same program, and the same time."""

import jax
import jax.numpy as jnp


@jax.jit
def binary_matvec(matrix, vector):
    return jnp.matmul(matrix, vector)  # (rows,)
