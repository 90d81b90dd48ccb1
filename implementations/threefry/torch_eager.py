"""`torch` has no arithmetic for unsigned integers: signed ones wrap alike, but shift in their sign.

What is shifted in is masked away (_torch.py), and the results are viewed as unsigned in the end.
"""

import torch

from ._torch import DTYPES, fold_in, random_bits, random_uniform, split


def threefry(key, data, words, numbers, width):
    key, data = key.view(torch.int32), data.view(torch.int32)
    bits = random_bits(key, words, width)  # (words,) int32 or int64
    uniform = random_uniform(key, numbers, width)  # (numbers,) float32 or float64
    keys = split(key, words)  # (words, 2) int32
    folded = fold_in(key, data)  # (folds, 2) int32
    return bits.view(DTYPES[width][0]), uniform, keys.view(torch.uint32), folded.view(torch.uint32)
