"""Numba: loops cost nothing to compile; each value takes all its steps before the next does."""

import numpy as np
from numba import njit


@njit
def nested_recurrence(x, gain, rows, columns):
    end = np.empty_like(x)  # (values,)
    for i in range(len(x)):
        value = x[i]
        for _ in range(rows):
            value = value + value
            for _ in range(columns):
                value = value + gain / value
        end[i] = value
    return end
