"""The second pass without a branch: every value is written, and the next overwrites an odd one."""

import numpy as np
from numba import njit


@njit
def even_filter(values):
    count = 0
    for value in values:
        count += value & 1 == 0
    evens = np.empty(count + 1, dtype=values.dtype)  # one more, for what is written and not kept
    k = 0
    for value in values:
        evens[k] = value
        k += value & 1 == 0
    return evens[:count]  # (as many as are even,) int32
