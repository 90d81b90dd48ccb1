"""Loops compiled by Numba: a point is drawn, judged and forgotten, in registers."""

import numpy as np
from numba import njit, uint32
from portstudy.implementations.threefry._numba import bits32, split


@njit
def count(chunk_key, length):
    inside = uint32(0)
    for i in range(length):
        bits = bits32(chunk_key, i)
        x, y = uint32(bits >> 17), uint32(bits & 0x7FFF)  # 15 bits each
        inside += uint32(x * (x + 1) + y * (y + 1)) < 2**30
    return inside


@njit
def count_all(keys, length):
    inside = 0
    for chunk in range(len(keys)):
        inside += count(keys[chunk], length)
    return inside


def monte_carlo_pi(key, quantiles, chunks, length):
    inside = count_all(split(key, chunks), length)
    points = chunks * length
    share = quantiles.dtype.type(inside) / points
    error = 4 * np.sqrt(share * (1 - share) / points)
    return np.int32(inside), 4 * share, quantiles * error
