"""`prange` over blocks of points, their coordinates in rows: one instruction whitens several."""

import math

import numpy as np
from numba import njit, prange

BLOCK = 64  # points: their coordinates stay in the cache


@njit(parallel=True)
def gaussian_density(points, mean, covariance):
    dims = len(mean)
    factor = np.linalg.cholesky(covariance)  # (dims, dims) lower triangular
    log_determinant = 2 * np.log(np.diag(factor)).sum()  # of the covariance
    density = np.empty(len(points), points.dtype)
    log_density = np.empty(len(points), points.dtype)
    for block in prange((len(points) + BLOCK - 1) // BLOCK):
        start, stop = block * BLOCK, min((block + 1) * BLOCK, len(points))
        whitened = np.zeros((dims, BLOCK), points.dtype)
        distances = np.zeros(BLOCK, points.dtype)  # squared, in standard deviations
        for i in range(dims):
            for p in range(start, stop):
                whitened[i, p - start] = points[p, i] - mean[i]
            for j in range(i):
                for p in range(BLOCK):  # the last block's surplus is zeros
                    whitened[i, p] -= factor[i, j] * whitened[j, p]
            for p in range(BLOCK):
                whitened[i, p] /= factor[i, i]
                distances[p] += whitened[i, p] ** 2
        for p in range(start, stop):
            distance = distances[p - start]
            log_density[p] = -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distance)
            density[p] = math.exp(log_density[p])
    return density, log_density
