"""The largest Euclidean norms among the rows of a matrix times its own transpose.

    product = matrix matrix^T,    norms[i] = sqrt(sum over j of product[i, j]^2),
    result = the `count` largest of the norms, the largest first

`matrix` (rows, columns), `count` an integer from 1 to rows, `result` (count,). Ties give the same
value as often as it occurs; which rows the values come from is not asked, as ties would leave it
open.

Two lessons. Selecting: a full sort orders everything, a partial sort (`partition`, `top_k`) only
what is asked for; but the selection is small beside the product. The product: with the small Gram
matrix `G = matrix^T matrix` (columns, columns) a norm's square is m G m^T for a row m, so that the
large product (rows, rows) need never exist. Both are sums of the same terms in another order:

    sum over j of (m . m_j)^2  =  m (sum over j of m_j^T m_j) m^T

Source: an exercise of the tutorials; the second form is associativity (Golub and Van Loan, Matrix
Computations, 4th ed. 2013, chapter 1).

Dyadic inputs: entries are -1, 0 and 1, so that all sums are whole numbers below 2**24 and a square
root is the only rounding; it is correct everywhere but in `torch.sqrt` (see torch_eager.py).
Left out: `vmap` over rows, which gives the program of the product, and a parallel loop in Numba,
which would spread over the cores what the small product need not do at all.
"""

import numpy as np
from portstudy import Array, Kernel, Size, Ulps, Work, fits, moved


def make_inputs(rng: np.random.Generator, *, rows: int, columns: int, count: int) -> tuple:
    """General inputs: normally distributed entries; the first row and the last are large."""
    matrix = rng.normal(size=(rows, columns))
    matrix[[0, -1]] *= 2
    return matrix, count


def make_dyadic(rng: np.random.Generator, *, rows: int, columns: int, count: int) -> tuple:
    """Inputs whose sums are exact: entries -1, 0 and 1. At most rows * columns**2 < 2**24.

    Half of them are 0, but in the first row and the last none, whose norms are among the largest.
    """
    matrix = rng.choice([-1, 0, 0, 1], (rows, columns))
    matrix[[0, -1]] = rng.choice([-1, 1], (2, columns))
    return matrix, count


def check(matrix: np.ndarray, count: int) -> None:
    """A product that fits into memory."""
    fits("matrix: a product of (rows, rows)", (len(matrix), len(matrix)), matrix.itemsize)


def alive(arguments: tuple, result: np.ndarray) -> None:
    """Norms must differ, or a wrong selection would not be seen, and some must be left out.

    The first row's and the last one's must be among them, or a port could leave that row out.
    """
    matrix, count = arguments
    assert count < len(matrix), "all norms are selected: the smallest would do as well"
    assert result[0] > result[-1] > 0, "the norms are all alike"
    ends = np.linalg.norm(matrix[[0, -1]].astype(np.float64) @ matrix.T, axis=1)
    assert (ends > 0.99 * result[-1]).all(), "the first row or the last is not among the largest"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Half of the Gram matrix, which is symmetric, and its triangular factor times each row."""
    matrix, _ = arguments
    rows, columns = matrix.shape
    return Work((moved(matrix),), operations=2 * rows * columns**2)


top_norms = Kernel(
    arguments={
        "matrix": Array("rows", "columns"),
        "count": Size(at_least=1, at_most="rows"),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    # Sums of positive terms, in another order: roundings of half an ulp, of random sign.
    outputs={"result": Ulps(16, "place")},
    sizes={
        "small": dict(rows=1000, columns=64, count=10),
        "large": dict(rows=4000, columns=64, count=10),
        "check": dict(rows=67, columns=12, count=9),
    },
    reference="numpy_sort",
    check=check,
    alive=alive,
    work=work,
)
