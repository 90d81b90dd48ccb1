"""Numba on the GPU: a thread a counter. What needs no state needs no other thread either.

A number depends on the key and on its own counter, and the counter is the thread's index: nothing
is shared, nothing is waited for, and the numbers are those of any other port, on any GPU, for any
size of block. Neighbouring threads write neighbouring numbers, so that the memory takes a warp's 32
at once. The limit is the writing, or in 32 bits the 77 operations on words for each number.

To Numba any operation on two uint32 gives a uint64, hence the casts; the compiler sees that half of
it is cut off, and uses 32 bits.
"""

import numpy as np
from numba import cuda

from ._rounds import PARITY, ROTATIONS

THREADS = 256  # in a block


@cuda.jit(device=True)
def threefry2x32(key, high, low):
    keys = key[0], key[1], np.uint32(key[0] ^ key[1] ^ PARITY)
    a, b = np.uint32(np.uint64(high) + keys[0]), np.uint32(np.uint64(low) + keys[1])
    for group in range(5):
        for rotation in ROTATIONS[group % 2]:
            a = np.uint32(np.uint64(a) + b)
            b = np.uint32(a ^ (b << rotation | b >> 32 - rotation))
        a = np.uint32(np.uint64(a) + keys[(group + 1) % 3])
        b = np.uint32(np.uint64(b) + keys[(group + 2) % 3] + (group + 1))
    return a, b


@cuda.jit
def random_bits(bits, key, width):
    i = cuda.grid(1)  # of this thread, among those of all blocks
    if i < len(bits):
        a, b = threefry2x32(key, np.uint32(0), np.uint32(i))
        if width == 32:
            bits[i] = a ^ b
        else:
            bits[i] = np.uint64(a) << 32 | b


@cuda.jit
def random_uniform(uniform, key, width):
    i = cuda.grid(1)
    if i < len(uniform):
        a, b = threefry2x32(key, np.uint32(0), np.uint32(i))
        if width == 32:
            uniform[i] = np.float32(np.uint32(a ^ b) >> 9) * np.float32(2.0**-23)
        else:
            uniform[i] = np.float64((np.uint64(a) << 32 | b) >> 12) * 2.0**-52


@cuda.jit
def split(keys, key):
    i = cuda.grid(1)
    if i < len(keys):
        keys[i, 0], keys[i, 1] = threefry2x32(key, np.uint32(0), np.uint32(i))


@cuda.jit
def fold_in(folded, key, data):
    i = cuda.grid(1)
    if i < len(folded):
        folded[i, 0], folded[i, 1] = threefry2x32(key, data[i, 0], data[i, 1])


def blocks(count):
    return (count + THREADS - 1) // THREADS


def threefry(key, data, words, numbers, width):
    bits = cuda.device_array(words, f"uint{width}")
    uniform = cuda.device_array(numbers, f"float{width}")
    keys = cuda.device_array((words, 2), np.uint32)
    folded = cuda.device_array_like(data)  # (folds, 2) uint32
    random_bits[blocks(words), THREADS](bits, key, width)
    random_uniform[blocks(numbers), THREADS](uniform, key, width)
    split[blocks(words), THREADS](keys, key)
    fold_in[blocks(len(data)), THREADS](folded, key, data)
    return bits, uniform, keys, folded
