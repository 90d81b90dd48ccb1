"""One loop over the pairs, compiled by Numba; log, sine and cosine are calls, one for each pair."""

import math

import numpy as np
from numba import njit
from portstudy.implementations.threefry._numba import split, uniform32, uniform64


@njit
def fill(normal, draw, first, second, deviations):
    for i in range(normal.shape[1]):
        u, v = draw(first, i), draw(second, i)
        radius, angle = math.sqrt(-2 * math.log(1 - u)), 2 * math.pi * v
        normal[0, i] = deviations[0] * (radius * math.cos(angle))
        normal[1, i] = deviations[1] * (radius * math.sin(angle))
    return normal


def threefry_normal(key, deviations, pairs, width):
    draw = uniform32 if width == 32 else uniform64
    first, second = split(key, 2)  # (2,)
    return fill(np.empty((2, pairs), deviations.dtype), draw, first, second, deviations)
