"""The lowest bit says what the remainder says, without a division; `compress` takes the mask."""

import numpy as np


def even_filter(values):
    even = values & 1 == 0  # (numbers,) bool
    return np.compress(even, values)  # (as many as are even,) int32
