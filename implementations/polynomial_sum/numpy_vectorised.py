"""The reference: vectorised NumPy, a temporary for each operation."""

import numpy as np


def polynomial_sum(x):
    x = x + 2  # (entries,)
    x = x**2 - 4
    return np.sum(x)
