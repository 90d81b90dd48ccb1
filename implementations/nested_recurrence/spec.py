"""A loop in a loop, each step of which needs the last: what a compiler makes of many small steps.

    `rows` times:           x = x + x
        `columns` times:    x = x + gain / x

`x` (values,) and `gain` are without units and above 0. This is the block of the tutorial (I. Quah,
numpy_to_jax, 2024, the lesson on profiling: five values, a gain of 5, 100 rows of 100 columns) that
takes long to compile. A Python loop is traced step by step, so that 10,100 steps become as many
copies of the step, compiled as one program; `fori_loop` and `scan` pass on the step once, and how
often it is to be taken. So what matters here is compile time, beside the time of a call: at sizes
of 64, 1,024 and 10,000 inner steps.

What to expect of x: a step adds 2 gain + (gain / x)^2 to its square, and a row first multiplies the
square by four. So the first rows shape the result and all later ones double it:

    x_end^2  >  4^rows x^2 + 2 gain columns (4^rows - 1) / 3

The step is no more than a division and a sum, both rounded as IEEE 754 demands and never fused, so
on a CPU all ports agree to the bit on any inputs, as a test asserts. There are no dyadic inputs
nevertheless, as no quotient stays exact, and a compiler for GPUs may round quotients differently.

Left out: the whole loop unrolled under torch.compile. Inductor follows a value to each place where
it is used, two per step, so its work doubles with every step: for ten steps it loads 9,000 values,
for 100 it would never end, though the code that it writes has each step once. Numba's prange: five
values are nothing to share. `vmap`: the step is elementwise already.
"""

from typing import Any

import numpy as np
from portstudy import Array, InvalidInput, Kernel, Scalar, Size, Ulps, Work, moved


def make_inputs(rng: np.random.Generator, *, values: int, rows: int, columns: int) -> tuple:
    """The tutorial's gain; values so far apart that they stay apart."""
    return rng.uniform(0.5, 30.0, values), 5.0, rows, columns


def check(x: np.ndarray, gain: Any, rows: int, columns: int) -> None:
    """Rows so few that x cannot overflow.

    Once pushed, x is at least 2 sqrt(gain), and a step adds 2.25 gain to its square at most.
    """
    wide, push = x.astype(np.float64), float(gain)
    with np.errstate(over="ignore"):
        largest = rows + np.log2(np.max(wide + push / wide) + np.sqrt(push * columns))
    allowed = np.finfo(x.dtype).maxexp
    if largest >= allowed:
        raise InvalidInput(
            f"rows: {rows}, in which x could reach 2**{largest:.0f}; "
            f"allowed: below 2**{allowed} in {x.dtype}"
        )


def alive(arguments: tuple, end: np.ndarray) -> None:
    """Values that were only doubled, or that are all alike, would prove nothing."""
    x, gain, rows, columns = arguments
    start = x.astype(np.float64)
    scaled = np.ldexp(end.astype(np.float64), -rows)
    assert (scaled**2 > start**2 + gain * columns / 2).all(), "the inner loop left no trace"
    order = np.argsort(start)
    assert (np.diff(scaled[order]) > 1e-5 * scaled[order][1:]).all(), "values have become alike"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Sums and quotients; a roofline does not know that each waits for the one before."""
    x, _, rows, columns = arguments
    return Work((moved(x, outputs),), operations=x.size * rows * (1 + 2 * columns))


nested_recurrence = Kernel(
    arguments={
        "x": Array("values", above=0),
        "gain": Scalar(above=0),
        "rows": Size(),
        "columns": Size(),
    },
    inputs=make_inputs,
    # Alike to the bit on a CPU. A quotient that is two ulps off, as some compilers for GPUs have
    # it, is a small part of the sum, and the error of a square is quartered in every row.
    outputs={"x": Ulps(16, "value")},
    sizes={
        "large": dict(values=5, rows=100, columns=100),  # the tutorial's
        "small": dict(values=5, rows=32, columns=32),
        "check": dict(values=5, rows=8, columns=8),
    },
    reference="numpy_loop",
    check=check,
    alive=alive,
    work=work,
)
