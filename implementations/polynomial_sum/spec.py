"""The sum of a polynomial over a vector: the function on which the JAX tutorials show `jit`.

    total = sum over i of ((x[i] + 2) ** 2 - 4)

(The tutorial "JAX 101", section "jit": https://github.com/enerrio/jax-101.) Written with arrays it
makes a temporary for each of its three operations, and each is written to memory and read again;
fused into one loop it makes none. In eager JAX every operation is a call of its own, under `jit`
all are one.

How the terms are added up matters in float32: see squared_distance for what each way loses. Here
terms have both signs, -4 <= term, and the sum is compared in ulps of 1, which a term is worth.

There is no `vmap` (a row is one entry) and no `einsum` (nothing is contracted: the square is not
that of `x`, and the constant not a product). `x` has no unit.
"""

import numpy as np
from portstudy import Array, Kernel, Ulps, Work, moved


def make_inputs(rng: np.random.Generator, *, entries: int) -> tuple:
    """General inputs: the tutorial's range, -10 to 10, in no order."""
    return (rng.uniform(-10, 10, entries),)


def make_dyadic(rng: np.random.Generator, *, entries: int) -> tuple:
    """Inputs on which every port must agree to the last bit, in float32 and in float64.

    Up to a million entries are multiples of 1/2 between -4 and 1; their terms are multiples of 1/4,
    and fewer than 2**24 of these in sum, which float32 holds exactly in any order. More of them are
    -4, -2 or 0, whose terms are 0 or -4. The first entry and the last are no root.
    """
    few = entries <= 2**20
    x = rng.integers(-8, 3, entries) / 2 if few else rng.integers(-2, 1, entries) * 2.0
    x[[0, -1]] = -2.0
    return (x,)


def alive(arguments: tuple, total: np.ndarray) -> None:
    """A vector of roots would prove nothing, and neither would a constant one."""
    (x,) = arguments
    assert np.ptp(x) > 0, f"all {x.size} entries are {x[0]}"
    assert total != 0, "a sum of 0: the entries may all be roots"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Every entry is read once; four operations."""
    (x,) = arguments
    return Work((moved(x),), operations=4 * x.size)


polynomial_sum = Kernel(
    arguments={
        "x": Array("entries"),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    # The serial sum, numba_njit, is off by some sqrt(9001) = 95 ulps.
    outputs={"total": Ulps(256, floor=1.0)},
    sizes={
        "large": dict(entries=20_000_000),
        "small": dict(entries=1_000_000),  # the tutorial's
        "check": dict(entries=9001),  # more than one block of every port that has blocks
    },
    reference="numpy_vectorised",
    alive=alive,
    work=work,
)
