"""The Python loop is traced: XLA gets ten steps of straight code and fuses them into one pass."""

from functools import partial

import jax


@partial(jax.jit, static_argnames="steps")
def geometric_decay(x, rate, steps):
    for _ in range(steps):
        x = x - rate * x  # (values,)
    return x
