"""Threefry in Numba: a counter at a time, in registers.

To Numba any operation on two uint32 gives a uint64, hence the casts. The compiler unrolls the
rounds, and does them for as many counters at a time as fit into a vector register.
"""

import numpy as np
from numba import njit, uint32, uint64

from ._rounds import PARITY, ROTATIONS


@njit
def threefry2x32(key, high, low):
    keys = key[0], key[1], uint32(key[0] ^ key[1] ^ PARITY)
    a, b = uint32(high + keys[0]), uint32(low + keys[1])
    for group in range(5):
        for rotation in ROTATIONS[group % 2]:
            a = uint32(a + b)
            b = uint32(a ^ (b << rotation | b >> 32 - rotation))
        a = uint32(a + keys[(group + 1) % 3])
        b = uint32(b + keys[(group + 2) % 3] + (group + 1))
    return a, b


@njit
def bits32(key, i):
    a, b = threefry2x32(key, uint32(0), uint32(i))
    return uint32(a ^ b)


@njit
def bits64(key, i):
    a, b = threefry2x32(key, uint32(0), uint32(i))
    return uint64(a) << 32 | b


@njit
def uniform32(key, i):
    return np.float32(bits32(key, i) >> 9) * np.float32(2.0**-23)


@njit
def uniform64(key, i):
    return np.float64(bits64(key, i) >> 12) * 2.0**-52


@njit
def split(key, count):
    keys = np.empty((count, 2), dtype=np.uint32)
    for i in range(count):
        keys[i] = threefry2x32(key, uint32(0), uint32(i))
    return keys


@njit
def fold_in(key, data):
    folded = np.empty_like(data)
    for i in range(len(data)):
        folded[i] = threefry2x32(key, data[i, 0], data[i, 1])
    return folded
