"""The loop with `fastmath`: additions may be reordered, so they are made several at a time."""

import numpy as np
from numba import njit


@njit(fastmath=True)
def squared_distance(a, b):
    distance = a.dtype.type(0)
    for i in range(len(a)):
        difference = a[i] - b[i]
        distance += difference**2
    return np.asarray(distance)  # alone, a float32 would come back as a Python float
