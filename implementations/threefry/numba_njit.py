"""One loop over the counters, compiled by Numba: no array but the result, so nothing waits."""

import numpy as np
from numba import njit

from ._numba import bits32, bits64, fold_in, split, uniform32, uniform64


@njit
def fill(numbers, draw, key):
    for i in range(len(numbers)):
        numbers[i] = draw(key, i)
    return numbers


def threefry(key, data, words, numbers, width):
    draw_bits, draw_uniform = (bits32, uniform32) if width == 32 else (bits64, uniform64)
    bits = fill(np.empty(words, f"uint{width}"), draw_bits, key)
    uniform = fill(np.empty(numbers, f"float{width}"), draw_uniform, key)
    keys = split(key, words)  # (words, 2) uint32
    folded = fold_in(key, data)  # (folds, 2) uint32
    return bits, uniform, keys, folded
