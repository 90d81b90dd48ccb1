"""All pairs, from one pair.

`distance` is written for one pair of points. Turn it into `pairwise`, for all pairs from two sets
of points, using only `vmap`: no None in an index, no reshape, no loop.

Lesson: notes/vmap.md.
"""

import jax.numpy as jnp


def distance(a, b):
    """a (dims,), b (dims,); returns a number."""
    return jnp.sqrt(((a - b) ** 2).sum())


def pairwise(a, b):
    """a (points, dims), b (others, dims); returns (points, others)."""
    raise NotImplementedError
