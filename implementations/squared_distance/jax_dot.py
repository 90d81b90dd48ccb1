"""Compiled, with a dot product in place of square and sum: does the product stop the fusion?"""

import jax
import jax.numpy as jnp


@jax.jit
def squared_distance(a, b):
    difference = a - b  # (entries,)
    return jnp.dot(difference, difference)
