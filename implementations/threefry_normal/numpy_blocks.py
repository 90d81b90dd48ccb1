"""Block by block: some hundred operations on arrays so short that they stay in the cache."""

import numpy as np
from portstudy.implementations.threefry._in_place import random_uniform
from portstudy.implementations.threefry._numpy import split

BLOCK = 8192  # pairs: the three arrays of the rounds take 32 kB each


def threefry_normal(key, deviations, pairs, width):
    first, second = split(key, 2)  # (2,)
    normal = np.empty((2, pairs), deviations.dtype)
    for start in range(0, pairs, BLOCK):
        stop = min(pairs, start + BLOCK)
        # (BLOCK,) or, the last one, shorter
        u = random_uniform(first, start, stop, width).astype(deviations.dtype)
        v = random_uniform(second, start, stop, width).astype(deviations.dtype)
        radius, angle = np.sqrt(-2 * np.log(1 - u)), 2 * np.pi * v
        normal[0, start:stop] = deviations[0] * (radius * np.cos(angle))
        normal[1, start:stop] = deviations[1] * (radius * np.sin(angle))
    return normal
