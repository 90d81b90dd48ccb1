"""Compiled, with `lax.top_k`: it selects and orders no more than asked."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="count")
def top_norms(matrix, count):
    product = matrix @ matrix.T  # (rows, rows)
    norms = jnp.sqrt((product**2).sum(axis=1))  # (rows,)
    largest, _ = jax.lax.top_k(norms, count)
    return largest  # (count,), the largest first
