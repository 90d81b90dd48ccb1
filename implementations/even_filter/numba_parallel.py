"""Two parallel passes: each block counts its evens first, and then knows where they begin."""

import numpy as np
from numba import njit, prange

BLOCK = 65_536  # numbers


@njit(parallel=True)
def even_filter(values):
    numbers = len(values)
    blocks = (numbers + BLOCK - 1) // BLOCK
    counts = np.zeros(blocks + 1, dtype=np.int64)
    for block in prange(blocks):
        count = 0
        for i in range(block * BLOCK, min(numbers, (block + 1) * BLOCK)):
            count += values[i] & 1 == 0
        counts[block + 1] = count
    starts = np.cumsum(counts)  # (blocks + 1,)
    evens = np.empty(starts[-1], dtype=values.dtype)  # (as many as are even,) int32
    for block in prange(blocks):
        k = starts[block]
        for i in range(block * BLOCK, min(numbers, (block + 1) * BLOCK)):
            if values[i] & 1 == 0:
                evens[k] = values[i]
                k += 1
    return evens
