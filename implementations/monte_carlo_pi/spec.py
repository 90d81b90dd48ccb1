"""Pi by throwing points at a square, and counting those that hit the quarter circle in it.

    share = inside / points,   estimate = 4 share,   error = 4 sqrt(share (1 - share) / points)

The share of points inside tends to pi / 4. `error` is the standard error of the estimate (the count
is binomial: N. Metropolis and S. Ulam, The Monte Carlo method, JASA 44, 1949); it halves when there
are four times as many points. `quantiles` (levels,) are those of the normal distribution, 1.96 for
95 %, and the true value lies within `estimate` plus or minus `interval` = quantiles * error.

The points are the same in every port, as its bits come from implementations/threefry/spec.py. They
are drawn in chunks, `length` points each, so that no more than one has to be in memory. Each chunk
has a key of its own, made from `key` and the chunk's number c:

    key of chunk c = fold_in(key, c) = split(key, chunks)[c]
    bits = random_bits(key of chunk c, length, 32 bits)         one word is one point:
    x, y = the first 15 bits, the last 15 bits                  of 2**15 squares along each side

So any thread may take any chunk, and chunks may come in any order.

As floats, x * x + y * y <= 1 is not the same in every port: fused to a multiply-add, the sum is
rounded once less, and a point on the circle's edge may move. In integers nothing is rounded. A
point is the centre of its square, and it is inside where

    (x + 1/2) ** 2 + (y + 1/2) ** 2 < (2 ** 15) ** 2,   that is   x (x + 1) + y (y + 1) < 2 ** 30

which fits into 32 bits, signed or not. That the points lie on a grid moves the estimate by 1e-6
(tests/test_monte_carlo_pi.py counts it), less than chance does up to 1e12 points.

`inside` is compared exactly, on all inputs. There are no dyadic inputs: each library rounds the
division and the root that follow as it likes, above all on a GPU. Left out are further ports
without chunks: jax_vmap shows what it costs to have all points in memory.
"""

import numpy as np
from portstudy import Array, Exact, InvalidInput, Kernel, Size, Ulps, Work, moved
from portstudy.implementations.threefry.spec import KEY, MIXING

LEVELS = (1.0, 1.959964, 2.575829)  # the standard error itself, 95 % and 99 %


def make_inputs(rng: np.random.Generator, *, chunks: int, length: int) -> tuple:
    """Any key."""
    return rng.integers(2**32, size=2, dtype=np.uint32), np.array(LEVELS), chunks, length


def check(key: np.ndarray, quantiles: np.ndarray, chunks: int, length: int) -> None:
    """Points that an int32 can count."""
    if chunks * length >= 2**31:
        raise InvalidInput(
            f"chunks: {chunks} of length {length} are {chunks * length} points; "
            "allowed: up to 2**31 - 1"
        )


def alive(arguments: tuple, outputs: tuple) -> None:
    """An estimate that is no estimate of pi would prove nothing."""
    _, _, chunks, length = arguments
    inside, estimate, _ = outputs
    assert 0 < inside < chunks * length, f"{inside} points of {chunks * length} are inside"
    # The standard error as it truly is, 1.64 / sqrt(points): 6 of them are missed once in 5e8 keys.
    error = np.sqrt(np.pi * (4 - np.pi) / (chunks * length))
    assert abs(estimate - np.pi) < 6 * error, f"pi is {estimate}, with a standard error of {error}"


def work(arguments: tuple, outputs: tuple) -> Work:
    """A counter is mixed for each point; 9 more operations make a point of it and count it."""
    _, quantiles, chunks, length = arguments
    # The peak is that of floats of this dtype; of words of 32 bits there may be twice as many.
    operations = chunks * length * (MIXING + 9) * 4 / quantiles.itemsize
    return Work((moved(outputs),), operations=operations)


monte_carlo_pi = Kernel(
    arguments={
        "key": KEY,
        "quantiles": Array("levels", at_least=0),
        "chunks": Size(at_least=1),
        "length": Size(at_least=1),
    },
    inputs=make_inputs,
    outputs={
        "inside": Exact(),
        # A division and, for the interval, a product, a root and another product.
        "estimate": Ulps(2),
        "interval": Ulps(6, "level"),
    },
    sizes={
        "large": dict(chunks=1000, length=65_536),
        "small": dict(chunks=16, length=65_536),
        "check": dict(chunks=7, length=10_007),
    },
    reference="numpy_blocks",
    check=check,
    alive=alive,
    work=work,
    peers=("jax_random",),
)
