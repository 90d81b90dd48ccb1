"""A row is one value: seen as a record of known length, it is copied by two vector moves.

The loops of `numba_fill` ask, for each row anew, how many columns there are and whether the
arrays overlap. A record's length is part of its type: Numba compiles for it, and there is nothing
left to ask. That gains little, because both wait for the memory.
"""

import numpy as np
from numba import njit


@njit
def fill(result, first, second, third):
    for i in range(len(first)):
        result[3 * i] = first[i]
        result[3 * i + 1] = second[i]
        result[3 * i + 2] = third[i]


def interleave_rows(first, second, third):
    rows, columns = first.shape
    result = np.empty((3 * rows, columns), dtype=np.int8)
    row = np.dtype([("row", np.int8, columns)])
    fill(*(matrix.view(row)[:, 0] for matrix in (result, first, second, third)))
    return result  # (3 rows, columns) int8
