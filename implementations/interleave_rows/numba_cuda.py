"""Numba on the GPU: a thread for each word of a row, and nothing but threads; no loop is left.

`@cuda.jit` compiles what one thread does, and a launch runs it for all: `fill[blocks, THREADS]`.
Threads come in blocks, of which each multiprocessor of the GPU runs several at a time; every 32
threads, a warp, take each instruction together. Where a warp's 32 addresses are neighbours, the
memory serves them at once: they are coalesced. So neighbouring threads move neighbouring words, and
a word is eight bytes where a row is made of such: 256 bytes a warp, where single bytes would be 32.

A launch returns before the kernel has run, and costs some microseconds: below a few MB that is all
one measures. Nothing is computed, so the limit is the memory's bandwidth, once in and once out.
"""

import numpy as np
from numba import cuda

THREADS = 256  # in a block


@cuda.jit
def fill(result, first, second, third):
    rows, words = first.shape
    i = cuda.grid(1)  # of this thread, among those of all blocks
    if i < rows * words:  # the last block may have threads to spare
        row, word = i // words, i % words
        result[3 * row, word] = first[row, word]
        result[3 * row + 1, word] = second[row, word]
        result[3 * row + 2, word] = third[row, word]


def interleave_rows(first, second, third):
    rows, columns = first.shape
    result = cuda.device_array((3 * rows, columns), dtype=np.int8)
    word = np.int64 if columns % 8 == 0 else np.int8
    matrices = [matrix.view(word) for matrix in (result, first, second, third)]
    blocks = (matrices[1].size + THREADS - 1) // THREADS
    fill[blocks, THREADS](*matrices)
    return result  # (3 rows, columns) int8
