"""Squaring until all values fall below a tolerance: a loop whose end the data decide.

    x_0 = x,   x_(k+1) = x_k^2 elementwise,   until max |x_k| <= tolerance max |x|

Squaring is the simplest iteration that converges with the second order (Nocedal and Wright,
Numerical Optimization, 2006, section A.2): the number of correct digits of its limit, zero, doubles
with each step. `x` is (values,), without units, its largest magnitude below 1. The tolerance is
relative to that magnitude, as an absolute one means nothing until a scale is known. Returned are
the last `x` and `count`, an int32: how often it was squared.

How many steps there are is not known when a port is compiled: neither `scan` nor `fori_loop` with
a fixed length can stop, `while_loop` can. `vmap` is left out: there it would run as long as the
slowest needs, and the maximum over all values asks for that anyway.

All ports agree to the bit on any inputs, as a product of two numbers can be rounded in one way only
and a maximum not at all. The dyadic inputs are powers of two, on which nothing is rounded. Neither
gets near the smallest normal number, below which libraries may disagree on whether it is zero.
"""

from typing import Any

import numpy as np
from portstudy import Array, Exact, InvalidInput, Kernel, Scalar, Work, moved


def make_inputs(rng: np.random.Generator, *, values: int) -> tuple:
    """Both signs; six steps, of which a port with an absolute tolerance would take five."""
    x = rng.uniform(0.4, 0.65, values) * rng.choice([-1.0, 1.0], values)
    x[-1] = 0.7  # 0.7**32 = 1.1e-5
    return x, 1.3e-5


def make_dyadic(rng: np.random.Generator, *, values: int) -> tuple:
    """Powers of two: after four steps the largest is exactly the tolerance, which is enough.

    The largest magnitude is that of a negative value.
    """
    x = 2.0 ** -rng.integers(2, 5, values) * rng.choice([-1.0, 1.0], values)
    x[-1] = -0.5
    return x, 2.0**-15


def check(x: np.ndarray, tolerance: Any) -> None:
    """Magnitudes below 1, not all of them 0, and a tolerance that can be reached."""
    largest, tiny = np.abs(x).max(), np.finfo(x.dtype).tiny
    if not 0 < largest < 1:
        raise InvalidInput(f"x: largest magnitude {largest}; allowed: above 0 and below 1")
    if tolerance * largest < tiny:
        raise InvalidInput(
            f"tolerance: {tolerance} of {largest}; allowed: above 0, and their product from {tiny}"
        )


def alive(arguments: tuple, outputs: tuple) -> None:
    """No step, or one that leaves only zeros, would prove nothing."""
    start, tolerance = arguments
    x, count = outputs
    assert 3 <= count <= 20, f"{count} steps; plausible: 3 to 20"
    assert (x > 0).all(), "a value is zero: how it got there is no longer seen"
    assert x.max() <= tolerance * np.abs(start).max(), "the values are not yet small"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Every value is read once and written once."""
    x, _ = arguments
    squared, count = outputs
    return Work((moved(x, squared),), operations=int(count) * x.size)


square_until = Kernel(
    arguments={
        "x": Array("values"),
        "tolerance": Scalar(),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={"x": Exact("value"), "count": Exact()},
    sizes={
        "large": dict(values=10_000_000),
        "small": dict(values=100_000),
        "check": dict(values=1000),
    },
    reference="numpy_loop",
    check=check,
    alive=alive,
    work=work,
)
