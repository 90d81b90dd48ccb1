"""As the formula is printed: the covariance is inverted. One GEMM, and the largest errors."""

import math

import numpy as np


def gaussian_density(points, mean, covariance):
    dims = len(mean)
    precision = np.linalg.inv(covariance)  # (dims, dims)
    log_determinant = np.linalg.slogdet(covariance)[1]  # det itself would over- or underflow
    deviations = points - mean  # (points, dims)
    distances = ((deviations @ precision) * deviations).sum(axis=1)  # (points,) squared
    log_density = -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distances)  # (points,)
    return np.exp(log_density), log_density
