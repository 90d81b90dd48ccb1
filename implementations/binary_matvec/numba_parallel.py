"""`prange` over the rows, with `fastmath`: every thread reads its own rows."""

import numpy as np
from numba import njit, prange


@njit(parallel=True, fastmath=True)
def binary_matvec(matrix, vector):
    rows, columns = matrix.shape
    result = np.empty(rows, dtype=vector.dtype)
    for i in prange(rows):
        total = vector.dtype.type(0)
        for j in range(columns):
            total += vector.dtype.type(matrix[i, j]) * vector[j]
        result[i] = total
    return result  # (rows,)
