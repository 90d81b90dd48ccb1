"""`prange` over blocks, each with a sum of its own: parallel, and the same sum on any machine."""

import numpy as np
from numba import njit, prange

BLOCK = 8192  # entries


@njit(parallel=True, fastmath=True)
def polynomial_sum(x):
    two, four = x.dtype.type(2), x.dtype.type(4)  # with 2 and 4, a float32 would become a float64
    blocks = (len(x) + BLOCK - 1) // BLOCK
    totals = np.empty(blocks, x.dtype)
    for block in prange(blocks):
        total = x.dtype.type(0)
        for i in range(block * BLOCK, min(len(x), (block + 1) * BLOCK)):
            total += (x[i] + two) ** 2 - four
        totals[block] = total
    return np.asarray(totals.sum())  # alone, a float32 would come back as a Python float
