"""Block by block, in place: the same operations, on arrays so short that they stay in the cache."""

import numpy as np

from ._in_place import random_bits, random_uniform
from ._numpy import fold_in, split

BLOCK = 8192  # counters: three arrays of 32 kB


def in_blocks(draw, key, numbers, width):
    for start in range(0, len(numbers), BLOCK):
        stop = min(len(numbers), start + BLOCK)
        numbers[start:stop] = draw(key, start, stop, width)
    return numbers


def threefry(key, data, words, numbers, width):
    bits = in_blocks(random_bits, key, np.empty(words, f"uint{width}"), width)
    uniform = in_blocks(random_uniform, key, np.empty(numbers, f"float{width}"), width)
    keys = split(key, words)  # (words, 2) uint32
    folded = fold_in(key, data)  # (folds, 2) uint32
    return bits, uniform, keys, folded
