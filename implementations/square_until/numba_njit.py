"""Numba: one pass per step, which squares the values and finds the largest of them."""

import numpy as np
from numba import njit


@njit
def square_until(x, tolerance):
    largest = np.abs(x).max()
    limit = tolerance * largest
    count = 0
    x = x.copy()  # (values,)
    while largest > limit:
        largest = x[0] * x[0]
        for i in range(len(x)):
            x[i] = x[i] * x[i]
            largest = max(largest, x[i])
        count += 1
    return x, np.array(count, dtype=np.int32)
