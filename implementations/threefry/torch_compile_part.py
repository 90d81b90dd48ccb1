"""Compiled by torch.compile: Inductor fuses the rounds, and makes vector instructions of them.

Only where the time goes: unrolled, the rounds take seconds to compile, each time they are met.
"""

import torch

from ._torch import DTYPES, fold_in, random_bits, random_uniform, split


@torch.compile(fullgraph=True, dynamic=False)
def compiled_uniform(key, count, width):
    return random_uniform(key, count, width)


def threefry(key, data, words, numbers, width):
    key, data = key.view(torch.int32), data.view(torch.int32)
    bits = random_bits(key, words, width)  # (words,) int32 or int64
    uniform = compiled_uniform(key, numbers, width)  # (numbers,) float32 or float64
    keys = split(key, words)  # (words, 2) int32
    folded = fold_in(key, data)  # (folds, 2) int32
    return bits.view(DTYPES[width][0]), uniform, keys.view(torch.uint32), folded.view(torch.uint32)
