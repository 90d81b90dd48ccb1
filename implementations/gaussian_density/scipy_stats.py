"""What one would use instead: `scipy.stats`, by eigenvalues and always in float64."""

import numpy as np
from scipy.stats import multivariate_normal


def gaussian_density(points, mean, covariance):
    log_density = multivariate_normal.logpdf(points, mean, covariance)  # (points,)
    log_density = np.reshape(log_density, len(points))  # of one point it makes a scalar
    return np.exp(log_density).astype(points.dtype), log_density.astype(points.dtype)
