"""An exponential that Numba vectorises: the C library's is a call, which takes one number."""

import numpy as np
from numba import njit

LOG2_E = 1.4426950408889634
LOG2_HIGH, LOG2_LOW = 0.6931471803691238, 1.9082149292705877e-10  # log 2; high has 32 bits


@njit
def exp_of_negative(x):
    """Of x <= 0: exp x = 2 ** power * exp r, and the first terms of the series of exp r."""
    x = x if x > -708.0 else -708.0  # below, a float64 is denormal
    power = np.floor(x * LOG2_E + 0.5)
    r = x - power * LOG2_HIGH - power * LOG2_LOW  # |r| < 0.347
    y = 1 / 479001600
    y = y * r + 1 / 39916800
    y = y * r + 1 / 3628800
    y = y * r + 1 / 362880
    y = y * r + 1 / 40320
    y = y * r + 1 / 5040
    y = y * r + 1 / 720
    y = y * r + 1 / 120
    y = y * r + 1 / 24
    y = y * r + 1 / 6
    y = y * r + 1 / 2
    y = y * r + 1
    y = y * r + 1
    return y * np.int64((np.int64(power) + 1023) << 52).view(np.float64)  # 2 ** power, by its bits
