"""The second pass without a branch: all are written, and an odd one is written over by the next."""

import numpy as np
from numba import njit


@njit
def even_filter(values):
    count = 0
    for value in values:
        count += value & 1 == 0
    evens = np.empty(count + 1, dtype=values.dtype)  # room for what is written and never kept
    k = 0
    for value in values:
        evens[k] = value
        k += value & 1 == 0
    return evens[:count]  # (as many as are even,) int32
