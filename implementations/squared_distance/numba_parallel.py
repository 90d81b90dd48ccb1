"""`prange` over blocks, each with a sum of its own: parallel, and the same sum on any machine."""

import numpy as np
from numba import njit, prange

BLOCK = 8192  # entries


@njit(parallel=True, fastmath=True)
def squared_distance(a, b):
    blocks = (len(a) + BLOCK - 1) // BLOCK
    distances = np.empty(blocks, a.dtype)
    for block in prange(blocks):
        distance = a.dtype.type(0)
        for i in range(block * BLOCK, min(len(a), (block + 1) * BLOCK)):
            difference = a[i] - b[i]
            distance += difference**2
        distances[block] = distance
    return np.asarray(distances.sum())  # alone, a float32 would come back as a Python float
