"""Block by block: the one temporary is so short that it never leaves the cache."""

import numpy as np

BLOCK = 8192  # entries


def polynomial_sum(x):
    buffer = np.empty(BLOCK, x.dtype)
    total = x.dtype.type(0)
    for start in range(0, len(x), BLOCK):
        block = x[start : start + BLOCK]  # (BLOCK,) or, the last one, shorter
        y = np.add(block, 2, out=buffer[: len(block)])
        y *= y
        y -= 4
        total += np.sum(y)
    return total
