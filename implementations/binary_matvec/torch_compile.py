"""The cast and the product, compiled: the product is a call into BLAS, so the copy is stored."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def binary_matvec(matrix, vector):
    return matrix.to(vector.dtype) @ vector  # (rows,)
