"""Counting without writing: a solution."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="bins")
def histogram(values, bins):
    values = jnp.where(values < 0, bins, values)  # a negative index counts from the end
    return jnp.zeros(bins, jnp.int32).at[values].add(1, mode="drop")
