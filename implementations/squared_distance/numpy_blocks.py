"""Block by block: the same temporaries, but so short that they never leave the cache."""

import numpy as np

BLOCK = 8192  # entries: of two vectors and two temporaries, 256 kB in float64


def squared_distance(a, b):
    buffer = np.empty(BLOCK, a.dtype)
    distance = a.dtype.type(0)
    for start in range(0, len(a), BLOCK):
        block = slice(start, start + BLOCK)
        difference = buffer[: len(a[block])]  # (BLOCK,) or, the last one, shorter
        np.subtract(a[block], b[block], out=difference)
        distance += difference @ difference
    return distance
