"""Compiled once for every factor: the check."""

import jax.numpy as jnp


def check(task):
    x = jnp.arange(4.0)
    assert (task.scale(x, 0.5, 2) == x / 4).all(), "scale(x, 0.5, 2) is not x / 4"
    before = task.scale._cache_size()
    for factor in (0.25, 2.0, 3.0):
        y = task.scale(x, factor, 2)
        assert (y == x * factor**2).all(), f"wrong for factor {factor}"
    more = task.scale._cache_size() - before
    assert more == 0, f"three new factors compiled it {more} times"
    assert (task.scale(x, 2.0, 3) == x * 8).all(), "scale(x, 2.0, 3) is not 8 x"
    assert task.scale._cache_size() == before + 1, "another power needs another program"
