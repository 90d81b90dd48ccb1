"""Chunk by chunk, in place: Threefry's rounds without a new array for each operation."""

import numpy as np
from portstudy.implementations.threefry._in_place import random_bits
from portstudy.implementations.threefry._numpy import split


def monte_carlo_pi(key, quantiles, chunks, length):
    inside = np.intp(0)
    for chunk_key in split(key, chunks):  # (2,)
        bits = random_bits(chunk_key, 0, length, 32)  # (length,) uint32
        x, y = bits >> 17, bits & 0x7FFF  # (length,) 15 bits each
        x *= x + 1
        y *= y + 1
        x += y
        inside += np.count_nonzero(x < 2**30)
    points = chunks * length
    share = quantiles.dtype.type(inside) / points
    error = 4 * np.sqrt(share * (1 - share) / points)
    return np.int32(inside), 4 * share, quantiles * error
