"""The reference: each contraction by the function or operator of that name."""

import numpy as np

from .spec import Contractions


def contractions(x, y, a, b, lefts, rights):
    product = a @ b  # (n, n)
    return Contractions(
        dot=np.dot(x, y),  # ()
        outer=np.outer(x, y),  # (n, n)
        hadamard=x * y,  # (n,)
        product=product,  # (n, n)
        row_sums=(a @ b).sum(axis=1),  # (n,)
        column_sums=(a @ b).sum(axis=0),  # (n,)
        batched=lefts @ rights,  # (batch, n, n)
        trace=np.trace(product),  # ()
        diagonal=np.diagonal(product),  # (n,)
        transposed=a.T,  # (m, n)
        chain=a @ b @ y,  # (n,), from left to right
    )
