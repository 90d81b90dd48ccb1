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

import numpy as np
from portstudy import Array, Kernel, Scalar, Size, Ulps, Work, moved


def make_inputs(rng: np.random.Generator, *, values: int, steps: int) -> tuple:
    """The tutorial's tenth, of values that are nowhere near zero."""
    return rng.uniform(1.0, 100.0, values), 0.1, steps


def make_dyadic(rng: np.random.Generator, *, values: int, steps: int) -> tuple:
    """A quarter of whole numbers below 256: exact for ten steps."""
    return rng.integers(1, 256, values), 0.25, steps


def alive(arguments: tuple, decayed: np.ndarray) -> None:
    """Values that stay, vanish or are all alike would prove nothing."""
    x, _, _ = arguments
    assert (np.abs(decayed) < np.abs(x)).all(), "a value did not decay"
    assert (decayed != 0).all(), "a value vanished"
    assert len(x) == 1 or np.ptp(decayed) > 0, "the values are all alike"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Every value is read and written once; the closed form is one multiplication."""
    x, _, _ = arguments
    return Work((moved(x, outputs),), operations=x.size)


geometric_decay = Kernel(
    arguments={
        "x": Array("values"),
        "rate": Scalar(at_least=0, at_most=1),
        "steps": Size(),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    # Ten steps round twenty times, at most half an ulp each, of values up to 2.9 times as large.
    outputs={"x": Ulps(16, "value")},
    sizes={
        "large": dict(values=10_000_000, steps=10),
        "small": dict(values=100_000, steps=10),
        "check": dict(values=1000, steps=9),  # odd: of an even power the sign would not be seen
    },
    reference="numpy_loop",
    alive=alive,
    work=work,
)
