"""The reference: chunk by chunk, each short enough for its arrays to stay in the cache."""

import numpy as np
from portstudy.implementations.threefry._numpy import random_bits, split


def monte_carlo_pi(key, quantiles, chunks, length):
    inside = np.intp(0)
    for chunk_key in split(key, chunks):  # (2,)
        bits = random_bits(chunk_key, length, 32)  # (length,) uint32
        x, y = bits >> 17, bits & 0x7FFF  # (length,) 15 bits each
        inside += np.count_nonzero(x * (x + 1) + y * (y + 1) < 2**30)
    points = chunks * length
    share = quantiles.dtype.type(inside) / points
    error = 4 * np.sqrt(share * (1 - share) / points)
    return np.int32(inside), 4 * share, quantiles * error
