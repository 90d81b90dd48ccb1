"""`prange` without calls: log, sine and cosine are power series, so that eight pairs go at a time.

A call takes one number. Here both arguments have a known range, and a few terms will do. Nor may
the loop jump: conditions choose between two values, and the check of a divisor is switched off.
"""

import math

import numpy as np
from numba import njit, prange
from portstudy.implementations.threefry._numba import split, uniform32, uniform64

RIGHT_HIGH, RIGHT_LOW = 1.5707963267341256, 6.077100506506192e-11  # pi / 2; high has 33 bits


@njit(error_model="numpy")
def log(x):
    """Of 2 ** power * fraction, where log fraction is the series of 2 artanh z."""
    bits = np.float64(x).view(np.int64)
    power = np.float64((bits >> 52) - 1023)
    fraction = np.int64(bits & 0xFFFFFFFFFFFFF | 0x3FF0000000000000).view(np.float64)  # from 1 to 2
    large = fraction > math.sqrt(2)
    fraction, power = 0.5 * fraction if large else fraction, power + 1 if large else power
    z = (fraction - 1) / (fraction + 1)  # |z| < 0.172
    square = z * z
    series = square * (1 / 21)
    series = square * (1 / 19 + series)
    series = square * (1 / 17 + series)
    series = square * (1 / 15 + series)
    series = square * (1 / 13 + series)
    series = square * (1 / 11 + series)
    series = square * (1 / 9 + series)
    series = square * (1 / 7 + series)
    series = square * (1 / 5 + series)
    series = square * (1 / 3 + series)
    return power * math.log(2) + 2 * (z + z * series)


@njit
def cos_and_sin(angle):
    """Of `quarter` right angles and r more; the series are those of cos r and of sin r / r."""
    quarter = np.floor(angle * (2 / math.pi) + 0.5)  # from 0 to 4
    r = angle - quarter * RIGHT_HIGH - quarter * RIGHT_LOW  # |r| < 0.79
    square = -r * r
    c, s = square * (1 / (15 * 16)), square * (1 / (16 * 17))
    c, s = square * (1 + c) * (1 / (13 * 14)), square * (1 + s) * (1 / (14 * 15))
    c, s = square * (1 + c) * (1 / (11 * 12)), square * (1 + s) * (1 / (12 * 13))
    c, s = square * (1 + c) * (1 / (9 * 10)), square * (1 + s) * (1 / (10 * 11))
    c, s = square * (1 + c) * (1 / (7 * 8)), square * (1 + s) * (1 / (8 * 9))
    c, s = square * (1 + c) * (1 / (5 * 6)), square * (1 + s) * (1 / (6 * 7))
    c, s = square * (1 + c) * (1 / (3 * 4)), square * (1 + s) * (1 / (4 * 5))
    c, s = square * (1 + c) * (1 / (1 * 2)), square * (1 + s) * (1 / (2 * 3))
    c, s = 1 + c, r + r * s
    odd = quarter == 1 or quarter == 3
    cosine, sine = s if odd else c, c if odd else s
    cosine = -cosine if abs(quarter - 1.5) < 1 else cosine  # in quarters 1 and 2
    sine = -sine if abs(quarter - 2.5) < 1 else sine  # in quarters 2 and 3
    return cosine, sine


@njit(parallel=True)
def fill(normal, draw, first, second, deviations):
    for i in prange(normal.shape[1]):
        u, v = draw(first, i), draw(second, i)
        radius, angle = math.sqrt(-2 * log(1 - u)), 2 * math.pi * v
        cosine, sine = cos_and_sin(angle)
        normal[0, i] = deviations[0] * (radius * cosine)
        normal[1, i] = deviations[1] * (radius * sine)
    return normal


def threefry_normal(key, deviations, pairs, width):
    draw = uniform32 if width == 32 else uniform64
    first, second = split(key, 2)  # (2,)
    return fill(np.empty((2, pairs), deviations.dtype), draw, first, second, deviations)
