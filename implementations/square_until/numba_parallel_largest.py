"""Numba: squares keep their order, so the largest value alone tells how many steps there are.

The rest need not wait for it: a second pass takes all steps of a value at once, on all cores.
"""

import numpy as np
from numba import njit, prange


@njit(parallel=True)
def square_until(x, tolerance):
    lowest, highest = x[0], x[0]
    for i in range(len(x)):
        lowest, highest = min(lowest, x[i]), max(highest, x[i])
    largest = max(-lowest, highest)
    limit = tolerance * largest
    count = 0
    while largest > limit:
        largest = largest * largest
        count += 1
    small = np.empty_like(x)  # (values,)
    for i in prange(len(x)):
        value = x[i]
        for _ in range(count):
            value = value * value
        small[i] = value
    return small, np.array(count, dtype=np.int32)
