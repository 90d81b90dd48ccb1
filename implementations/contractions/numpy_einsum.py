"""Each by its indices: NumPy loops over all of them at once, and factors nothing out."""

import numpy as np

from .spec import Contractions


def contractions(x, y, a, b, lefts, rights):
    product = np.einsum("ij,jk->ik", a, b)  # (n, n)
    return Contractions(
        dot=np.einsum("i,i->", x, y),  # ()
        outer=np.einsum("i,j->ij", x, y),  # (n, n)
        hadamard=np.einsum("i,i->i", x, y),  # (n,)
        product=product,  # (n, n)
        row_sums=np.einsum("ij,jk->i", a, b),  # (n,)
        column_sums=np.einsum("ij,jk->k", a, b),  # (n,)
        batched=np.einsum("bij,bjk->bik", lefts, rights),  # (batch, n, n)
        trace=np.einsum("ii->", product),  # ()
        diagonal=np.einsum("ii->i", product),  # (n,)
        transposed=np.einsum("ij->ji", a),  # (m, n)
        chain=np.einsum("ij,jk,k->i", a, b, y),  # (n,)
    )
