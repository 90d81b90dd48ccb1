"""The reference: a Python `while`, which looks at the largest magnitude before each step."""

import numpy as np


def square_until(x, tolerance):
    limit = tolerance * np.abs(x).max()
    count = 0
    while np.abs(x).max() > limit:
        x = x * x  # (values,)
        count += 1
    return x, np.int32(count)
