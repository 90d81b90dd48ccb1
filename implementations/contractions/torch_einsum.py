"""PyTorch by indices: each `einsum` becomes batched matrix products."""

import torch

from .spec import Contractions


def contractions(x, y, a, b, lefts, rights):
    product = torch.einsum("ij,jk->ik", a, b)  # (n, n)
    return Contractions(
        dot=torch.einsum("i,i->", x, y),  # ()
        outer=torch.einsum("i,j->ij", x, y),  # (n, n)
        hadamard=torch.einsum("i,i->i", x, y),  # (n,)
        product=product,  # (n, n)
        row_sums=torch.einsum("ij,jk->i", a, b),  # (n,)
        column_sums=torch.einsum("ij,jk->k", a, b),  # (n,)
        batched=torch.einsum("bij,bjk->bik", lefts, rights),  # (batch, n, n)
        trace=torch.einsum("ii->", product),  # ()
        diagonal=torch.einsum("ii->i", product),  # (n,)
        transposed=torch.einsum("ij->ji", a),  # (m, n)
        chain=torch.einsum("ij,jk,k->i", a, b, y),  # (n,)
    )
