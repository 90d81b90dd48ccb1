"""Eleven contractions of vectors and matrices, each by its name and by its indices.

    dot          i,i->         x . y
    outer        i,j->ij       x y^T
    hadamard     i,i->i        entry by entry
    product      ij,jk->ik     a b
    row_sums     ij,jk->i      of a b
    column_sums  ij,jk->k      of a b
    batched      bij,bjk->bik  as many products as there are in a batch
    trace        ii->          of a b: the sum of its diagonal, not of all its entries
    diagonal     ii->i         of a b
    transposed   ij->ji        of a
    chain        ij,jk,k->i    a b y, three operands

`x` and `y` (n,), `a` (n, m), `b` (m, n), `lefts` (batch, n, m), `rights` (batch, m, n). The
notation is Einstein's: an index that is not in the result is summed over (Golub and Van Loan,
Matrix Computations, 4th ed. 2013, section 12.4; opt_einsum: Smith and Gray, J. Open Source Softw.
3(26), 753, 2018).

Where a name only spells out a step, indices state the result, and leave the order of the steps
open. That matters for three: `row_sums` need not know a b, only the row sums of b; `column_sums`
likewise; and for the `chain` there are two orders, (a b) y at n^2 m multiplications and a (b y) at
2 n m. `@` goes from left to right and takes the first. JAX's `einsum` looks for the cheapest order,
as opt_einsum does; NumPy's looks only with `optimize`; torch's only if opt_einsum is installed.

Dyadic inputs: multiples of 1/4 between -1 and 1, so that all sums are multiples of 1/64 and exact
in float32 while n m < 2**18. Left out: `vmap`, which is what `b` in `bij` says, and a parallel
loop, as the products are calls into a parallel BLAS.
"""

from typing import Any, NamedTuple

import numpy as np
from portstudy import Array, Kernel, Ulps, Work, fits, moved


class Contractions(NamedTuple):
    """The results, in the order of the table above."""

    dot: Any  # ()
    outer: Any  # (n, n)
    hadamard: Any  # (n,)
    product: Any  # (n, n)
    row_sums: Any  # (n,)
    column_sums: Any  # (n,)
    batched: Any  # (batch, n, n)
    trace: Any  # ()
    diagonal: Any  # (n,)
    transposed: Any  # (m, n)
    chain: Any  # (n,)


def make_inputs(rng: np.random.Generator, *, n: int, m: int, batch: int) -> tuple:
    """General inputs: normally distributed entries."""
    shapes = (n,), (n,), (n, m), (m, n), (batch, n, m), (batch, m, n)
    return tuple(rng.normal(size=shape) for shape in shapes)


def make_dyadic(rng: np.random.Generator, **size: int) -> tuple:
    """Inputs whose sums are exact: multiples of 1/4 between -1 and 1, without 0.

    0 times a negative number is -0, which a sum that starts from 0 turns into 0: NumPy's `einsum`
    starts so even where there is nothing to be summed.
    """
    quarters = (np.ceil(np.clip(x, -0.99, 0.99) * 4) for x in make_inputs(rng, **size))
    return tuple(np.where(x > 0, x, x - 1) / 4 for x in quarters)


def check(*arguments: np.ndarray) -> None:
    """Products that fit into memory."""
    x, *_, lefts, _ = arguments
    fits("lefts: products of (batch, n, n)", (len(lefts), len(x), len(x)), x.itemsize)


def alive(arguments: tuple, outputs: Contractions) -> None:
    """Values must differ, or an index in the wrong place would not be seen."""
    for name, output in outputs._asdict().items():
        assert output.size == 1 or np.ptp(output) > 0, f"all values of {name} are alike"
    assert not np.array_equal(outputs.product, outputs.product.T), "the product is symmetric"


def work(arguments: tuple, outputs: tuple) -> Work:
    """The product, once, and the batch of them; the sums of rows and columns need none."""
    _, _, a, _, lefts, _ = arguments
    n, m = a.shape
    return Work((moved(arguments, outputs),), operations=2 * n * n * m * (1 + len(lefts)))


contractions = Kernel(
    arguments={
        "x": Array("n"),
        "y": Array("n"),
        "a": Array("n", "m"),
        "b": Array("m", "n"),
        "lefts": Array("batch", "n", "m"),
        "rights": Array("batch", "m", "n"),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    # One rounding where there is one operation. Sums have hundreds of terms of random sign: half an
    # ulp of a partial sum each, whose size is the floor, the square root of the number of terms.
    outputs=Contractions(
        dot=Ulps(32, floor=16.0),
        outer=Ulps(1, "row", "column"),
        hadamard=Ulps(1, "i"),
        product=Ulps(32, "row", "column", floor=16.0),
        row_sums=Ulps(64, "row", floor=256.0),
        column_sums=Ulps(64, "column", floor=256.0),
        batched=Ulps(32, "batch", "row", "column", floor=16.0),
        trace=Ulps(64, floor=256.0),
        diagonal=Ulps(32, "i", floor=16.0),
        transposed=Ulps(0, "row", "column"),
        chain=Ulps(64, "row", floor=256.0),
    ),
    sizes={
        "small": dict(n=300, m=100, batch=8),
        "large": dict(n=1000, m=250, batch=8),
        "check": dict(n=12, m=5, batch=3),
    },
    reference="numpy_named",
    check=check,
    alive=alive,
    work=work,
)
