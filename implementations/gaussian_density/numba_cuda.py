"""A tiled product on the GPU: what a block's threads fetch, each uses many times.

With the factor inverted, whitening is a product of matrices, of which half is zeros. Read straight
from memory, each number would be fetched once for every product that it is in. Here it is kept
near, in two places. A block, a group of threads that can wait for each other and share some memory
as near as registers, takes POINTS points: together its threads fetch a tile of their deviations
into shared memory. And each thread works out ROWS coordinates of all these points at a time, in
registers: for 4 numbers of the inverse and 16 of the tile it makes 64 products.

`syncthreads` is the block's barrier: nobody reads a tile before it is complete, and nobody fetches
the next one while it is still read. Neighbouring threads fetch neighbouring numbers, which the
memory gives out together (coalesced). The squares are added up in a tree, a sum that halves: in the
same order every time, whichever thread comes first.

The limit is arithmetic, for few dimensions the memory. The factor is NumPy's, on the host: at 300
dimensions, and with the way there and back, that takes longer than the rest.
"""

import math

import numpy as np
from numba import cuda

POINTS = 16  # of a block
ROWS = 4  # coordinates that a thread works out at a time
TILE = 32  # coordinates that are fetched at a time
THREADS = 128  # in a block, at most; a power of two


@cuda.jit
def whiten(points, mean, whitening, constant, density, log_density):
    dims = len(mean)
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    start = cuda.blockIdx.x * POINTS
    zero, half = points.dtype.type(0), points.dtype.type(0.5)
    deviations = cuda.shared.array((POINTS, TILE), points.dtype)
    sums = cuda.shared.array((POINTS, THREADS), points.dtype)
    whitened = cuda.local.array((ROWS, POINTS), points.dtype)  # in registers: all loops are known
    distances = cuda.local.array(POINTS, points.dtype)  # squared, in standard deviations

    for p in range(POINTS):
        distances[p] = zero
    for first in range(0, dims, threads * ROWS):  # rows of the inverse, ROWS a thread
        row = first + thread * ROWS
        for r in range(ROWS):
            for p in range(POINTS):
                whitened[r, p] = zero
        for left in range(0, min(dims, first + threads * ROWS), TILE):
            for k in range(thread, POINTS * TILE, threads):
                p, j = k // TILE, k % TILE
                if start + p < len(points) and left + j < dims:
                    deviations[p, j] = points[start + p, left + j] - mean[left + j]
                else:
                    deviations[p, j] = zero
            cuda.syncthreads()  # the tile is complete
            for j in range(min(TILE, dims - left, row + ROWS - left)):  # right of that: zeros
                for r in range(ROWS):
                    factor = whitening[left + j, row + r] if row + r < dims else zero
                    for p in range(POINTS):
                        whitened[r, p] += factor * deviations[p, j]
            cuda.syncthreads()  # and has been read
        for r in range(ROWS):
            for p in range(POINTS):
                distances[p] += whitened[r, p] * whitened[r, p]

    for p in range(POINTS):
        sums[p, thread] = distances[p]
    cuda.syncthreads()
    while threads > 1:
        threads //= 2
        if thread < threads:
            for p in range(POINTS):
                sums[p, thread] += sums[p, thread + threads]
        cuda.syncthreads()
    for p in range(thread, POINTS, cuda.blockDim.x):
        if start + p < len(points):
            log_density[start + p] = -half * (constant + sums[p, 0])
            density[start + p] = math.exp(log_density[start + p])


def gaussian_density(points, mean, covariance):
    dims = len(mean)
    factor = np.linalg.cholesky(covariance.copy_to_host())  # (dims, dims) lower triangular
    log_determinant = 2 * np.log(np.diag(factor)).sum()  # of the covariance
    constant = dims * math.log(2 * math.pi) + log_determinant
    # Transposed, so that neighbouring threads read neighbours.
    whitening = cuda.to_device(np.ascontiguousarray(np.linalg.inv(factor).T))
    density = cuda.device_array(len(points), points.dtype)
    log_density = cuda.device_array(len(points), points.dtype)
    blocks = (len(points) + POINTS - 1) // POINTS
    threads = min(THREADS, 2 ** math.ceil(math.log2(math.ceil(dims / ROWS))))
    whiten[blocks, threads](points, mean, whitening, constant, density, log_density)
    return density, log_density
