"""The even numbers among integers, in order: a result whose length depends on the data.

    evens = (values[i] for i in 0, 1, 2, ... if values[i] is a multiple of 2)

`values` (numbers,) and `evens` (as many as are even,) are int32, whatever the kernel's dtype.
Zero is even, and so are -2 and the smallest int32.

Compiled JAX knows the shape of every array before it has seen a number. So the compiled ports fill
an array as long as `values` from the front, by `nonzero` with a fixed `size=` or at positions from
a running sum; the rest is padding, and the number of evens is a second result. Uncompiled code then
reads that number, which waits for the device, and cuts the padding off. A function that is compiled
as a whole would have to pass on the padded array and its count. The cut compiles once for each
length that it meets. A parallel port has to count before it writes: no thread knows where its evens
begin until those before them are counted.

Source: boolean indexing in JAX's "Common gotchas", section "Dynamic shapes". All values are exact,
so dyadic inputs are the general ones. Left out: `vmap`, whose results would differ in length, and
torch's `nonzero_static`, which the prefix sum does without.
"""

import numpy as np
from portstudy import Array, Exact, Kernel, Work, moved


def make_inputs(rng: np.random.Generator, *, numbers: int) -> tuple:
    """Integers of both signs, about half of them even; both extremes of int32 are among them."""
    values = rng.integers(-(2**31), 2**31, numbers, dtype=np.int32)
    values[:3] = -(2**31), 0, 2**31 - 1
    values[-1] = -2
    return (values,)


def alive(arguments: tuple, evens: np.ndarray) -> None:
    """Something must be kept and something dropped, and the order must be seen."""
    (values,) = arguments
    assert 0 < len(evens) < len(values), f"{len(evens)} of {len(values)} values are even"
    assert len(np.unique(evens)) > 1, "all that is kept is alike"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Every number is read once, every even one written."""
    (values,) = arguments
    return Work((moved(values, outputs),), operations=values.size)


even_filter = Kernel(
    arguments={
        "values": Array("numbers", dtype=np.int32),
    },
    inputs=make_inputs,
    dyadic=make_inputs,
    outputs={"evens": Exact("number")},
    sizes={
        "small": dict(numbers=100_000),
        "large": dict(numbers=10_000_000),
        "check": dict(numbers=203),
    },
    reference="numpy_mask",
    alive=alive,
    work=work,
)
