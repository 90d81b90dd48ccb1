"""The reference: a Cholesky factor whitens the points by a solve; nothing is inverted."""

import math

import numpy as np


def gaussian_density(points, mean, covariance):
    dims = len(mean)
    factor = np.linalg.cholesky(covariance)  # (dims, dims) lower triangular
    log_determinant = 2 * np.log(np.diag(factor)).sum()  # of the covariance
    deviations = points - mean  # (points, dims)
    whitened = np.linalg.solve(factor, deviations.T)  # (dims, points), by LU: it knows no triangle
    distances = (whitened**2).sum(axis=0)  # (points,) squared, in standard deviations
    log_density = -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distances)  # (points,)
    return np.exp(log_density), log_density
