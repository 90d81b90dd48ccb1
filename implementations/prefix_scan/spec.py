"""Prefix scans: the running sum of one column and the running product of the other.

    total[i] = terms[0] + ... + terms[i],        product[i] = factors[0] x ... x factors[i]

Both columns are (rows,), without units. Each row seems to wait for the last, but addition and
multiplication are associative: in a tree, all pairs are joined at once, then all fours, and
log2(rows) rounds suffice (Blelloch, Prefix sums and their applications, 1990). The tree
does more work and rounds less: its errors grow with the logarithm of the rows.

The dyadic inputs are the steps of walks between bounds: sums of any stretch of `terms` are small
multiples of 1/64 and products of any stretch of `factors` powers of two, so that they are exact
in any order. Left out: torch's eager loop over rows, which LIF shows, and its `associative_scan`, a
prototype: on a CPU its mode `pointwise` is refused, and `generic` is traced level by level of the
tree, which takes half a minute and gives code that is slower than `cumsum`; `vmap`, as the two
columns are joined differently.
"""

import numpy as np
from portstudy import Array, Kernel, Ulps, Work, moved


def make_inputs(rng: np.random.Generator, *, rows: int) -> tuple:
    """Terms above zero, so that nothing cancels; factors near one, so that nothing overflows."""
    return rng.uniform(0.5, 1.5, rows), np.exp(rng.uniform(-1.0, 1.0, rows) / np.sqrt(rows))


def make_dyadic(rng: np.random.Generator, *, rows: int) -> tuple:
    """Every stretch of terms sums to below 2**7, every stretch of factors to 2**-16 to 2**16."""
    terms = np.diff(rng.integers(-4096, 4097, rows + 1)) / 64
    factors = 2.0 ** np.diff(rng.integers(-8, 9, rows + 1)) * rng.choice([-1.0, 1.0], rows)
    return terms, factors


def alive(arguments: tuple, outputs: tuple) -> None:
    """Sums or products that stay as they are, vanish or overflow would prove nothing."""
    total, product = outputs
    assert (product != 0).all(), "a product is zero, as are all that follow"
    assert np.mean(np.diff(total) != 0) > 0.9, "the sum hardly changes"
    assert np.mean(np.diff(product) != 0) > 0.9, "the product hardly changes"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Every value is read once and written once."""
    terms, _ = arguments
    return Work((moved(arguments, outputs),), operations=2 * terms.size)


prefix_scan = Kernel(
    arguments={
        "terms": Array("rows"),
        "factors": Array("rows"),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    # One after the other, row i has been rounded i times, in a tree some log2(i) times: they part
    # by half an ulp of each rounding at most, 1,000 rows of the size at which this rule is used.
    outputs={"total": Ulps(200, "row"), "product": Ulps(200, "row")},
    sizes={
        "large": dict(rows=10_000_000),
        "small": dict(rows=100_000),
        "check": dict(rows=1000),
    },
    reference="numpy_cumulative",
    alive=alive,
    work=work,
)
