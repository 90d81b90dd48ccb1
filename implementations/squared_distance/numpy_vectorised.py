"""The reference: vectorised NumPy, with a temporary for the difference and one for its square."""

import numpy as np


def squared_distance(a, b):
    difference = a - b  # (entries,)
    return np.sum(difference**2)
