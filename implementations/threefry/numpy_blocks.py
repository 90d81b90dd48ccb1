"""Block by block, in place: the same operations, on arrays so short that they stay in the cache."""

import numpy as np

ROTATIONS = (13, 15, 26, 6), (17, 29, 16, 24)  # bits, in one group of four rounds and the next
PARITY = 0x1BD11BDA
BLOCK = 8192  # counters: three arrays of 32 kB


def threefry2x32(key, high, low):
    keys = key[0], key[1], key[0] ^ key[1] ^ PARITY
    a, b = high + keys[0], low + keys[1]
    right = np.empty_like(b)  # what a rotation brings back from the left
    for group in range(5):
        for rotation in ROTATIONS[group % 2]:
            a += b
            np.right_shift(b, 32 - rotation, out=right)
            b <<= rotation
            b |= right
            b ^= a
        a += keys[(group + 1) % 3]
        b += keys[(group + 2) % 3]
        b += group + 1
    return a, b


def random_bits(key, start, stop, width):
    low = np.arange(start, stop, dtype=np.uint32)
    a, b = threefry2x32(key, np.zeros_like(low), low)
    return a ^ b if width == 32 else a.astype(np.uint64) << 32 | b


def random_uniform(key, start, stop, width):
    digits = 23 if width == 32 else 52  # binary, of a float's fraction
    bits = random_bits(key, start, stop, width) >> width - digits
    return bits.astype(f"float{width}") * 2.0**-digits


def in_blocks(draw, key, numbers, width):
    for start in range(0, len(numbers), BLOCK):
        stop = min(len(numbers), start + BLOCK)
        numbers[start:stop] = draw(key, start, stop, width)
    return numbers


def split(key, count):
    low = np.arange(count, dtype=np.uint32)  # (count,)
    return np.stack(threefry2x32(key, np.zeros_like(low), low), axis=1)


def fold_in(key, data):
    high, low = data.T  # (folds,)
    return np.stack(threefry2x32(key, high, low), axis=1)


def threefry(key, data, words, numbers, width):
    bits = in_blocks(random_bits, key, np.empty(words, f"uint{width}"), width)
    uniform = in_blocks(random_uniform, key, np.empty(numbers, f"float{width}"), width)
    keys = split(key, words)  # (words, 2) uint32
    folded = fold_in(key, data)  # (folds, 2) uint32
    return bits, uniform, keys, folded
