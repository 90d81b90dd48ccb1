"""The loop with Neumaier's compensation, for terms of both signs: what a sum lost is kept apart."""

import numpy as np
from numba import njit


@njit
def polynomial_sum(x):
    two, four = x.dtype.type(2), x.dtype.type(4)  # with 2 and 4, a float32 would become a float64
    total = x.dtype.type(0)
    lost = x.dtype.type(0)
    for i in range(len(x)):
        term = (x[i] + two) ** 2 - four
        before = total
        total = before + term
        if abs(before) >= abs(term):
            lost += (before - total) + term
        else:
            lost += (term - total) + before
    return np.asarray(total + lost)  # alone, a float32 would come back as a Python float
