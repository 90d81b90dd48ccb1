"""Loops over the small product: both passes read the matrix once, row by row."""

import numpy as np
from numba import njit


@njit(fastmath=True)
def top_norms(matrix, count):
    rows, columns = matrix.shape
    gram = np.zeros((columns, columns), dtype=matrix.dtype)
    for i in range(rows):
        for j in range(columns):
            for k in range(columns):
                gram[j, k] += matrix[i, j] * matrix[i, k]
    norms = np.empty(rows, dtype=matrix.dtype)  # (rows,)
    for i in range(rows):
        square = matrix.dtype.type(0)
        for j in range(columns):
            total = matrix.dtype.type(0)
            for k in range(columns):
                total += gram[j, k] * matrix[i, k]
            square += total * matrix[i, j]
        norms[i] = np.sqrt(square)
    largest = np.partition(norms, rows - count)[rows - count :]  # (count,), in any order
    return np.sort(largest)[::-1]  # (count,), the largest first
