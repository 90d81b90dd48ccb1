"""Compiled once for every factor: a solution."""

from functools import partial

import jax


@partial(jax.jit, static_argnames="power")
def scale(x, factor, power):
    for _ in range(power):
        x = x * factor
    return x
