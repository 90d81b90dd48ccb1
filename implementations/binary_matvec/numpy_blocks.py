"""Cast block by block: each copy is still in the cache when BLAS multiplies it."""

import numpy as np

BLOCK = 1024  # rows; of 128 columns, a block is 1 MB in float64


def binary_matvec(matrix, vector):
    rows, columns = matrix.shape
    result = np.empty(rows, dtype=vector.dtype)
    block = np.empty((min(BLOCK, rows), columns), dtype=vector.dtype)
    for start in range(0, rows, BLOCK):
        part = matrix[start : start + BLOCK]  # (BLOCK, columns) int8, the last one shorter
        block[: len(part)] = part
        result[start : start + BLOCK] = block[: len(part)] @ vector
    return result  # (rows,)
