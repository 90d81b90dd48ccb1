"""The squared Euclidean distance of two vectors: a difference, a square, a sum.

    distance = sum over i of (a[i] - b[i]) ** 2

The smallest lesson on fusion (J. VanderPlas, JAX: Accelerated Machine Learning Research, SciPy
2020: "sum(diff^2) -> do this in one go not possible" in NumPy). Written with arrays it makes two
temporaries as long as the vectors, and memory is all that it costs; fused into one loop, every
entry is read once and nothing is written.

And the smallest on rounding. A serial sum of n entries may lose n / 2 units in the last place, and
loses some sqrt(n) where errors do not line up; pairwise sums, as in NumPy, lose log2(n); a
compensated sum (W. Kahan, Further remarks on reducing truncation errors, CACM 8, 1965) loses none
but the last. `a @ a - 2 * a @ b + b @ b` is the same in exact arithmetic, and wrong here:
of two far-off points that lie close together it keeps no digit.

There is no `vmap` (a row is one entry) and no `einsum` (there is nothing to contract but what
`jax_dot` does). Entries are in any unit, the distance is in its square.
"""

import numpy as np
from portstudy import Array, Kernel, Ulps, Work, moved


def make_inputs(rng: np.random.Generator, *, entries: int) -> tuple:
    """General inputs: two clouds of width 1, both a thousand away from the origin."""
    return 1000 + rng.normal(size=entries), 1000 + rng.normal(size=entries)


def make_dyadic(rng: np.random.Generator, *, entries: int) -> tuple:
    """Inputs on which every port must agree to the last bit, in float32 and in float64.

    Squares are multiples of 1/16, and few enough that their sum stays below 2**24 of these, which
    float32 holds exactly: up to a million entries go from 0 to 7/4, more of them are 0 or 1/4. The
    first entry and the last differ, so that neither can be lost unseen.
    """
    levels = 8 if entries <= 2**20 else 2
    a, b = rng.integers(0, levels, (2, entries)) / 4
    a[[0, -1]], b[[0, -1]] = 0.25, 0.0
    return a, b


def alive(arguments: tuple, distance: np.ndarray) -> None:
    """Two equal vectors would prove nothing, and neither would a sum of a single square."""
    a, b = arguments
    assert (a != b).mean() > 0.25, f"only {(a != b).sum()} of {a.size} entries differ"
    assert 0 < distance < np.inf, f"a squared distance of {distance}"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Every entry is read once; three operations."""
    a, b = arguments
    return Work((moved(a, b),), operations=3 * a.size)


squared_distance = Kernel(
    arguments={
        "a": Array("entries"),
        "b": Array("entries"),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    # The serial sum, numba_njit, is off by some sqrt(9001) = 95 ulps.
    outputs={"distance": Ulps(256)},
    sizes={
        "large": dict(entries=20_000_000),
        "small": dict(entries=1_000_000),
        "check": dict(entries=9001),  # more than one block of every port that has blocks
    },
    reference="numpy_vectorised",
    alive=alive,
    work=work,
    peers=("scipy_spatial",),
)
