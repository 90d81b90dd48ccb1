"""The loop written out and compiled: one pass, no temporary, and one addition after the other."""

import numpy as np
from numba import njit


@njit
def squared_distance(a, b):
    distance = a.dtype.type(0)
    for i in range(len(a)):
        difference = a[i] - b[i]
        distance += difference**2
    return np.asarray(distance)  # alone, a float32 would come back as a Python float
