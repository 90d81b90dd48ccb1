"""Normal random numbers, two from two uniform ones (G. Box and M. Muller, 1958).

A note on the generation of random normal deviates, Annals of Mathematical Statistics 29:610-611.
Of two independent normal numbers, as a point in the plane, the angle is uniform, and half the
square of the radius is exponential:

    first, second = split(key, 2)
    u, v = uniform(first, pairs), uniform(second, pairs)           0 <= . < 1
    radius = sqrt(-2 log(1 - u)),   angle = 2 pi v
    normal = deviations * (radius cos(angle), radius sin(angle))   (2, pairs)

`deviations` (2,) are the standard deviations of the two parts. `split` and `uniform` are those of
implementations/threefry/spec.py, from words of `width` 32 or 64 bits, and the same in every port to
the bit. 1 - u is exact and never 0; no deviate lies beyond sqrt(2 * 23 log 2) = 5.6, or 8.5 from
words of 64 bits. The sizes have words of 32 bits, in float64 too, so that it can be said what
float32 loses; `small,width=64` and the tests have the wider ones.

What follows is not the same to the bit: each library has its own logarithm and cosine, and none
rounds all of them correctly. So there are no dyadic inputs.

`jax.random.normal` makes other numbers of the same bits, sqrt(2) erf_inv(2 u - 1), and NumPy's
`standard_normal` takes a varying number of them (Marsaglia's ziggurat), which suits a generator
with a state, but no counter: neither is a port. Left out as well is `vmap`, as a pair has no axes.
"""

import numpy as np
from portstudy import EXPONENTIAL, Array, Kernel, Size, Ulps, Work, fits, moved
from portstudy.implementations.threefry.spec import KEY, MIXING, Width


def make_inputs(rng: np.random.Generator, *, pairs: int, width: int = 32) -> tuple:
    """Any key, and standard deviations that are not alike."""
    key = rng.integers(2**32, size=2, dtype=np.uint32)
    return key, rng.uniform([0.5, 1.0], [1.0, 2.0]), pairs, width


def check(key: np.ndarray, deviations: np.ndarray, pairs: int, width: int) -> None:
    """Numbers that fit into memory."""
    fits("pairs: two copies of normal", (2, 2, pairs), deviations.itemsize)


def alive(arguments: tuple, normal: np.ndarray) -> None:
    """Numbers of mean 0 and the variance wanted, in both parts, up to 6 standard errors."""
    _, deviations, pairs, _ = arguments
    error = 6 / np.sqrt(pairs)
    for part, numbers in enumerate(normal.astype(np.float64) / deviations[:, np.newaxis]):
        mean, square = numbers.mean(), (numbers**2).mean()
        assert abs(mean) < error, f"part {part}: a mean of {mean}"
        # The tail of a sum of squares is heavier than a normal one, of few above all.
        assert abs(square - 1) < 2 * error, f"part {part}: a mean square of {square}"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Every number is written once; two counters, a logarithm, a sine and a cosine for a pair."""
    _, deviations, pairs, _ = arguments
    # The peak is that of floats of this dtype; of words of 32 bits there may be twice as many.
    operations = pairs * (2 * MIXING * 4 / deviations.itemsize + 3 * EXPONENTIAL + 8)
    return Work((moved(outputs),), operations=operations)


threefry_normal = Kernel(
    arguments={
        "key": KEY,
        "deviations": Array(2, above=0),
        "pairs": Size(at_least=1, at_most=2**31),
        "width": Width(),
    },
    inputs=make_inputs,
    outputs={
        # Rounded, the angle is off by up to 10 ulps of 1, but alike in every port. Logarithm, root,
        # cosine and two products may each be off by one of a radius, up to 5.6.
        "normal": Ulps(8, "part", "pair", floor=1.0),
    },
    sizes={
        "large": dict(pairs=5_000_000),
        "small": dict(pairs=50_000),
        "check": dict(pairs=5003),
    },
    reference="numpy_vectorised",
    check=check,
    alive=alive,
    work=work,
)
