"""Compiled, by name: the products are calls into BLAS, everything else is fused."""

import torch

from .spec import Contractions


@torch.compile(fullgraph=True, dynamic=False)
def contractions(x, y, a, b, lefts, rights):
    product = a @ b  # (n, n)
    diagonal = product.flatten()[:: len(x) + 1]  # (n,); `diagonal` warns when compiled
    return Contractions(
        dot=torch.dot(x, y),  # ()
        outer=torch.outer(x, y),  # (n, n)
        hadamard=x * y,  # (n,)
        product=product,  # (n, n)
        row_sums=(a @ b).sum(dim=1),  # (n,)
        column_sums=(a @ b).sum(dim=0),  # (n,)
        batched=lefts @ rights,  # (batch, n, n)
        trace=diagonal.sum(),  # ()
        diagonal=diagonal,  # (n,)
        transposed=a.T,  # (m, n)
        chain=a @ b @ y,  # (n,), from left to right
    )
