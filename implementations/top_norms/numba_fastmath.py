"""Loops written out: the product is symmetric and never stored, each entry serves two rows."""

import numpy as np
from numba import njit


@njit(fastmath=True)
def top_norms(matrix, count):
    rows, columns = matrix.shape
    squares = np.zeros(rows, dtype=matrix.dtype)
    for i in range(rows):
        for j in range(i + 1):
            entry = matrix.dtype.type(0)  # product[i, j]
            for k in range(columns):
                entry += matrix[i, k] * matrix[j, k]
            squares[i] += entry * entry
            if j < i:
                squares[j] += entry * entry
    norms = np.sqrt(squares)  # (rows,)
    largest = np.partition(norms, rows - count)[rows - count :]  # (count,), in any order
    return np.sort(largest)[::-1]  # (count,), the largest first
