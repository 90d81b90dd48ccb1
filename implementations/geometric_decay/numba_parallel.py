"""`prange`: the values, which share nothing, are spread over the cores."""

import numpy as np
from numba import njit, prange


@njit(parallel=True)
def geometric_decay(x, rate, steps):
    decayed = np.empty_like(x)  # (values,)
    for i in prange(len(x)):
        value = x[i]
        for _ in range(steps):
            value = value - rate * value
        decayed[i] = value
    return decayed
