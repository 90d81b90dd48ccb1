"""The loop with Kahan's compensation: what one addition lost, the next one is given back."""

import numpy as np
from numba import njit


@njit
def squared_distance(a, b):
    distance = a.dtype.type(0)
    lost = a.dtype.type(0)
    for i in range(len(a)):
        difference = a[i] - b[i]
        square = difference**2 - lost
        total = distance + square
        lost = (total - distance) - square
        distance = total
    return np.asarray(distance)  # alone, a float32 would come back as a Python float
