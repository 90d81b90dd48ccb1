"""A sum that keeps its digits: a solution."""

import numpy as np
from numba import njit


@njit
def compensated_sum(x):
    """x (n,) float32; returns a float32."""
    total = lost = np.float32(0)
    for value in x:
        value = value - lost
        after = total + value
        lost = (after - total) - value
        total = after
    return total
