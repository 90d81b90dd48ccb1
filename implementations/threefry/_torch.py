"""Threefry in PyTorch, on signed integers: they wrap as unsigned ones do, but shift in their sign.

So what `>>` brings in from the left is masked away. PyTorch has unsigned integers, but no
arithmetic for those of 32 and 64 bits.
"""

import torch

from ._rounds import PARITY, ROTATIONS

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
