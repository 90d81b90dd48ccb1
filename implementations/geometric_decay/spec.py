"""Geometric decay: a fixed share is taken from every value, again and again.

    x_0 = x,        x_(k+1) = x_k - rate x_k,        so that x_k = (1 - rate)^k x

The original tutorial (VanderPlas, SciPy 2020) takes a tenth ten times, to show what a compiler
gains: written in NumPy, every step is a pass through memory; fused, ten steps are one pass. What
is fused depends on how the loop is written: a Python loop that is traced becomes straight code, a
`fori_loop` stays a loop around a pass.

`x` is (values,), without units; `rate` is a share, from 0 to 1; `steps` is an integer. The tutorial
writes `x -= 0.1 * x`, which in NumPy overwrites the caller's array and in JAX does not: here the
argument stays as it is.

The dyadic inputs take a quarter of whole numbers below 256: three quarters to the tenth power
have 16 bits, so that ten steps are exact in float32, and the closed form as well. `vmap` is left
out: the computation is elementwise already. `while_loop` is for what square_until shows.
"""

from typing import Any

import numpy as np
from portstudy import Arrays, InvalidInput, Kernel, Ulps, Work, moved, size


def make_inputs(rng: np.random.Generator, dtype: np.dtype, *, values: int, steps: int) -> tuple:
    """The tutorial's tenth, of values that are nowhere near zero."""
    return rng.uniform(1.0, 100.0, values), 0.1, steps


def make_dyadic(rng: np.random.Generator, dtype: np.dtype, *, values: int, steps: int) -> tuple:
    """A quarter of whole numbers below 256: exact for ten steps."""
    return rng.integers(1, 256, values), 0.25, steps


def check(dtype: np.dtype, x: Any, rate: Any, steps: Any) -> tuple:
    """x (values,), rate from 0 to 1, steps >= 0."""
    arrays = Arrays(dtype)
    x = arrays.take("x", x, "values")
    rate = arrays.scalar("rate", rate)
    if not 0 <= rate <= 1:
        raise InvalidInput(f"rate: {rate}; allowed: from 0 to 1")
    return x, rate, size("steps", steps)


def alive(arguments: tuple, outputs: tuple) -> None:
    """Values that stay, vanish or are all alike would prove nothing."""
    x, _, _ = arguments
    (decayed,) = outputs
    assert (np.abs(decayed) < np.abs(x)).all(), "a value did not decay"
    assert (decayed != 0).all(), "a value vanished"
    assert len(x) == 1 or np.ptp(decayed) > 0, "the values are all alike"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Every value is read and written once; the closed form is one multiplication."""
    x, _, _ = arguments
    return Work((moved(x, *outputs),), operations=x.size)


geometric_decay = Kernel(
    inputs=make_inputs,
    dyadic=make_dyadic,
    # Ten steps round twenty times, at most half an ulp each, of values up to 2.9 times as large.
    outputs={"x": Ulps(16, "value")},
    sizes={
        "large": dict(values=10_000_000, steps=10),
        "small": dict(values=100_000, steps=10),
        "check": dict(values=1000, steps=10),
    },
    reference="numpy_loop",
    check=check,
    alive=alive,
    work=work,
)
