"""Loops written out: a byte is cast in a register, and the copy is never stored."""

import numpy as np
from numba import njit


@njit
def binary_matvec(matrix, vector):
    rows, columns = matrix.shape
    result = np.empty(rows, dtype=vector.dtype)
    for i in range(rows):
        total = vector.dtype.type(0)
        for j in range(columns):
            total += vector.dtype.type(matrix[i, j]) * vector[j]
        result[i] = total
    return result  # (rows,)
