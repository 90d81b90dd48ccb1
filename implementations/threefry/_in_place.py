"""Bits and uniform numbers from Threefry, in NumPy: the rounds work in place."""

import numpy as np

from ._rounds import PARITY, ROTATIONS


def threefry2x32(key, high, low):
    keys = key[0], key[1], key[0] ^ key[1] ^ PARITY
    a, b = high + keys[0], low + keys[1]
    right = np.empty_like(b)  # what a rotation brings back from the left
    for group in range(5):
        for rotation in ROTATIONS[group % 2]:
            a += b
            np.right_shift(b, 32 - rotation, out=right)
            b <<= rotation
            b |= right
            b ^= a
        a += keys[(group + 1) % 3]
        b += keys[(group + 2) % 3]
        b += group + 1
    return a, b


def random_bits(key, start, stop, width):
    low = np.arange(start, stop, dtype=np.uint32)
    a, b = threefry2x32(key, np.zeros_like(low), low)
    return a ^ b if width == 32 else a.astype(np.uint64) << 32 | b


def random_uniform(key, start, stop, width):
    digits = 23 if width == 32 else 52  # binary, of a float's fraction
    bits = random_bits(key, start, stop, width) >> width - digits
    return bits.astype(f"float{width}") * 2.0**-digits
