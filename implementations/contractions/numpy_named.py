"""The reference: each contraction by the function or the operator that bears its name."""

import numpy as np

from .spec import Contractions


def contractions(x, y, a, b, lefts, rights):
    dot = np.dot(x, y)  # ()
    outer = np.outer(x, y)  # (n, n)
    hadamard = x * y  # (n,)
    product = a @ b  # (n, n)
    row_sums = (a @ b).sum(axis=1)  # (n,)
    column_sums = (a @ b).sum(axis=0)  # (n,)
    batched = lefts @ rights  # (batch, n, n)
    trace = np.trace(product)  # ()
    diagonal = np.diagonal(product)  # (n,)
    transposed = a.T  # (m, n)
    chain = a @ b @ y  # (n,), from left to right
    return Contractions(
        dot,
        outer,
        hadamard,
        product,
        row_sums,
        column_sums,
        batched,
        trace,
        diagonal,
        transposed,
        chain,
    )
