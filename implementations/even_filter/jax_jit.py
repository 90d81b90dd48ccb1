"""Compiled: `nonzero` with a fixed `size=`, padded; the padding is cut off outside."""

import jax
import jax.numpy as jnp


@jax.jit
def pad(values):
    even = values % 2 == 0  # (numbers,) bool
    (where,) = jnp.nonzero(even, size=len(values))  # (numbers,), and behind the last, padding
    return values[where], even.sum()


def even_filter(values):
    evens, count = pad(values)
    return evens[: int(count)]  # (as many as are even,) int32
