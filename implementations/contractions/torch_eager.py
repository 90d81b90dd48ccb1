"""PyTorch as it comes: only `np` became `torch`, and an axis is a `dim`."""

import torch

from .spec import Contractions


def contractions(x, y, a, b, lefts, rights):
    product = a @ b  # (n, n)
    return Contractions(
        dot=torch.dot(x, y),  # ()
        outer=torch.outer(x, y),  # (n, n)
        hadamard=x * y,  # (n,)
        product=product,  # (n, n)
        row_sums=(a @ b).sum(dim=1),  # (n,)
        column_sums=(a @ b).sum(dim=0),  # (n,)
        batched=lefts @ rights,  # (batch, n, n)
        trace=torch.trace(product),  # ()
        diagonal=torch.diagonal(product),  # (n,)
        transposed=a.T,  # (m, n)
        chain=a @ b @ y,  # (n,), from left to right
    )
