"""The factor is inverted, not the covariance: one GEMM whitens all points, as accurate as a solve.

The inverse of the factor L is triangular too, and its condition is only the square root of the
covariance's.
"""

import math

import numpy as np


def gaussian_density(points, mean, covariance):
    dims = len(mean)
    factor = np.linalg.cholesky(covariance)  # (dims, dims) lower triangular
    log_determinant = 2 * np.log(np.diag(factor)).sum()  # of the covariance
    whitening = np.linalg.inv(factor)  # (dims, dims) lower triangular
    deviations = points - mean  # (points, dims)
    whitened = deviations @ whitening.T  # (points, dims)
    distances = np.einsum("pi,pi->p", whitened, whitened)  # (points,) squared, no temporary
    log_density = -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distances)  # (points,)
    return np.exp(log_density), log_density
