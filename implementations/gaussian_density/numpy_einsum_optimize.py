"""The quadratic form by its indices; `optimize` finds the GEMM, without which this crawls."""

import math

import numpy as np


def gaussian_density(points, mean, covariance):
    dims = len(mean)
    precision = np.linalg.inv(covariance)  # (dims, dims)
    log_determinant = np.linalg.slogdet(covariance)[1]  # det itself would over- or underflow
    deviations = points - mean  # (points, dims)
    distances = np.einsum("pi,ij,pj->p", deviations, precision, deviations, optimize=True)
    log_density = -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distances)  # (points,)
    return np.exp(log_density), log_density
