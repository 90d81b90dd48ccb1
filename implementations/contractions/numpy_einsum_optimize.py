"""`einsum` with `optimize`, where it can choose an order, or hand a product to BLAS."""

import numpy as np

from .spec import Contractions


def contractions(x, y, a, b, lefts, rights):
    product = np.einsum("ij,jk->ik", a, b, optimize=True)  # (n, n)
    return Contractions(
        dot=np.einsum("i,i->", x, y),  # ()
        outer=np.einsum("i,j->ij", x, y),  # (n, n)
        hadamard=np.einsum("i,i->i", x, y),  # (n,)
        product=product,  # (n, n)
        row_sums=np.einsum("ij,jk->i", a, b, optimize=True),  # (n,)
        column_sums=np.einsum("ij,jk->k", a, b, optimize=True),  # (n,)
        batched=np.einsum("bij,bjk->bik", lefts, rights, optimize=True),  # (batch, n, n)
        trace=np.einsum("ii->", product),  # ()
        diagonal=np.einsum("ii->i", product),  # (n,)
        transposed=np.einsum("ij->ji", a),  # (m, n)
        chain=np.einsum("ij,jk,k->i", a, b, y, optimize=True),  # (n,)
    )
