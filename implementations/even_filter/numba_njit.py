"""Two passes: the first counts, so that the second can write into an array of the right length."""

import numpy as np
from numba import njit


@njit
def even_filter(values):
    count = 0
    for value in values:
        count += value & 1 == 0
    evens = np.empty(count, dtype=values.dtype)  # (as many as are even,) int32
    k = 0
    for value in values:
        if value & 1 == 0:
            evens[k] = value
            k += 1
    return evens
