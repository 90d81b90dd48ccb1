"""All pairs, from one pair: a solution."""

import jax
import jax.numpy as jnp


def distance(a, b):
    """a (dims,), b (dims,); returns a number."""
    return jnp.sqrt(((a - b) ** 2).sum())


def pairwise(a, b):
    """a (points, dims), b (others, dims); returns (points, others)."""
    return jax.vmap(jax.vmap(distance, in_axes=(None, 0)), in_axes=(0, None))(a, b)
