"""Numba: the loops change places, so that a value is read once, decays, and is written once."""

import numpy as np
from numba import njit


@njit
def geometric_decay(x, rate, steps):
    decayed = np.empty_like(x)  # (values,)
    for i in range(len(x)):
        value = x[i]
        for _ in range(steps):
            value = value - rate * value
        decayed[i] = value
    return decayed
