"""One temporary instead of three: each operation writes over what the one before it made."""

import numpy as np


def polynomial_sum(x):
    x = x + 2  # (entries,), a new array: the argument stays as it is
    x *= x
    x -= 4
    return np.sum(x)
