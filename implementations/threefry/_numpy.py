"""Bits, uniform numbers and keys from Threefry, in NumPy: a whole array of counters at a time."""

import numpy as np

from ._rounds import threefry2x32


def random_bits(key, count, width):
    low = np.arange(count, dtype=np.uint32)  # (count,)
    a, b = threefry2x32(key, np.zeros_like(low), low)
    return a ^ b if width == 32 else a.astype(np.uint64) << 32 | b


def random_uniform(key, count, width):
    digits = 23 if width == 32 else 52  # binary, of a float's fraction
    bits = random_bits(key, count, width) >> width - digits
    return bits.astype(f"float{width}") * 2.0**-digits


def split(key, count):
    low = np.arange(count, dtype=np.uint32)  # (count,)
    return np.stack(threefry2x32(key, np.zeros_like(low), low), axis=1)


def fold_in(key, data):
    high, low = data.T  # (folds,)
    return np.stack(threefry2x32(key, high, low), axis=1)
