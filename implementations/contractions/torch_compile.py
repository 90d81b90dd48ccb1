"""Compiled, by name: what is not a product is fused, what is one is a call."""

import torch

from .spec import Contractions


@torch.compile(fullgraph=True, dynamic=False)
def contractions(x, y, a, b, lefts, rights):
    dot = torch.dot(x, y)  # ()
    outer = torch.outer(x, y)  # (n, n)
    hadamard = x * y  # (n,)
    product = a @ b  # (n, n)
    row_sums = (a @ b).sum(dim=1)  # (n,)
    column_sums = (a @ b).sum(dim=0)  # (n,)
    batched = lefts @ rights  # (batch, n, n)
    diagonal = product.flatten()[:: len(x) + 1]  # (n,); `diagonal` warns when compiled
    trace = diagonal.sum()  # ()
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
