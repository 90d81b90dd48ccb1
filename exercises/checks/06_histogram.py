"""Counting without writing: the check."""

import jax.numpy as jnp


def check(task):
    counts = task.histogram(jnp.array([3, 0, 3, 3, 1]), 4)
    assert counts.dtype == jnp.int32, f"counts of dtype {counts.dtype}"
    assert counts.tolist() == [1, 1, 0, 3], f"3, 0, 3, 3, 1 gives {counts.tolist()}"
    counts = task.histogram(jnp.array([7, 2, 4]), 4)
    assert counts.tolist() == [0, 0, 1, 0], f"values from `bins` up are counted: {counts.tolist()}"
    counts = task.histogram(jnp.array([-1, 2]), 4)
    assert counts.tolist() == [0, 0, 1, 0], f"values below 0 are counted: {counts.tolist()}"
