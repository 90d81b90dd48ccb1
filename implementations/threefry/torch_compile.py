"""Compiled by torch.compile: Inductor fuses the rounds, and makes vector instructions of them.

Only where the time goes: unrolled, the rounds take seconds to compile, each time they are met.
"""

import torch

ROTATIONS = (13, 15, 26, 6), (17, 29, 16, 24)  # bits, in one group of four rounds and the next
PARITY = 0x1BD11BDA
DTYPES = {32: (torch.uint32, torch.float32), 64: (torch.uint64, torch.float64)}


def threefry2x32(key, high, low):
    keys = key[0], key[1], key[0] ^ key[1] ^ PARITY
    a, b = high + keys[0], low + keys[1]
    for group in range(5):
        for rotation in ROTATIONS[group % 2]:
            a = a + b
            b = a ^ (b << rotation | b >> 32 - rotation & (1 << rotation) - 1)
        a = a + keys[(group + 1) % 3]
        b = b + keys[(group + 2) % 3] + (group + 1)
    return a, b


def random_bits(key, count, width):
    low = torch.arange(count, dtype=torch.int32, device=key.device)  # (count,)
    a, b = threefry2x32(key, torch.zeros_like(low), low)
    return a ^ b if width == 32 else a.long() << 32 | b.long() & 0xFFFFFFFF


@torch.compile(fullgraph=True, dynamic=False)
def random_uniform(key, count, width):
    digits = 23 if width == 32 else 52  # binary, of a float's fraction
    bits = random_bits(key, count, width) >> width - digits & (1 << digits) - 1
    return bits.to(DTYPES[width][1]) * 2.0**-digits


def split(key, count):
    low = torch.arange(count, dtype=torch.int32, device=key.device)  # (count,)
    return torch.stack(threefry2x32(key, torch.zeros_like(low), low), dim=1)


def fold_in(key, data):
    high, low = data.T  # (folds,)
    return torch.stack(threefry2x32(key, high, low), dim=1)


def threefry(key, data, words, numbers, width):
    key, data = key.view(torch.int32), data.view(torch.int32)
    bits = random_bits(key, words, width)  # (words,) int32 or int64
    uniform = random_uniform(key, numbers, width)  # (numbers,) float32 or float64
    keys = split(key, words)  # (words, 2) int32
    folded = fold_in(key, data)  # (folds, 2) int32
    return bits.view(DTYPES[width][0]), uniform, keys.view(torch.uint32), folded.view(torch.uint32)
