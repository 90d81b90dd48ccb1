"""The loop written out and compiled: one pass, no temporary, and one addition after the other."""

import numpy as np
from numba import njit


@njit
def polynomial_sum(x):
    two, four = x.dtype.type(2), x.dtype.type(4)  # with 2 and 4, a float32 would become a float64
    total = x.dtype.type(0)
    for i in range(len(x)):
        total += (x[i] + two) ** 2 - four
    return np.asarray(total)  # alone, a float32 would come back as a Python float
