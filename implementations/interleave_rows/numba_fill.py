"""Loops written out, NumPy allocates: one pass over a result that lies in huge pages.

Numba would allocate as well. But for large arrays NumPy asks the system for huge pages and Numba
does not, and where a result is written once, its pages cost more than its bytes.
"""

import numpy as np
from numba import njit


@njit
def fill(result, first, second, third):
    rows, columns = first.shape
    for i in range(rows):
        for j in range(columns):
            result[3 * i, j] = first[i, j]
        for j in range(columns):
            result[3 * i + 1, j] = second[i, j]
        for j in range(columns):
            result[3 * i + 2, j] = third[i, j]


def interleave_rows(first, second, third):
    rows, columns = first.shape
    result = np.empty((3 * rows, columns), dtype=np.int8)
    fill(result, first, second, third)
    return result  # (3 rows, columns) int8
