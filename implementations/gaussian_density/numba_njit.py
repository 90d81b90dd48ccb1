"""Loops written out and compiled by Numba: forward substitution, one point after the other."""

import math

import numpy as np
from numba import njit


@njit
def gaussian_density(points, mean, covariance):
    dims = len(mean)
    factor = np.linalg.cholesky(covariance)  # (dims, dims) lower triangular
    log_determinant = 2 * np.log(np.diag(factor)).sum()  # of the covariance
    whitened = np.empty_like(mean)  # (dims,), of one point
    density = np.empty(len(points), points.dtype)
    log_density = np.empty(len(points), points.dtype)
    for p in range(len(points)):
        distance = mean.dtype.type(0)  # squared, in standard deviations
        for i in range(dims):
            rest = points[p, i] - mean[i]
            for j in range(i):
                rest -= factor[i, j] * whitened[j]
            whitened[i] = rest / factor[i, i]
            distance += whitened[i] ** 2
        log_density[p] = -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distance)
        density[p] = math.exp(log_density[p])
    return density, log_density
