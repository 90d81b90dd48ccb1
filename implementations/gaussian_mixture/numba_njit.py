"""Loops written out and compiled by Numba: one pass over the points makes both steps.

The sums are taken around the old means o: with d = m - o, the new mean is o + sum r (x - o) / N,
and the covariance around the new mean is sum r (x - o) (x - o)^T / N - d d^T.
"""

import math

import numpy as np
from numba import njit

from .spec import Mixture


@njit
def gaussian_mixture(points, mixture, tolerance, iterations):
    weights, means, covariances = mixture.weights, mixture.means, mixture.covariances
    classes, dims = means.shape
    log_likelihood = np.empty(iterations, points.dtype)  # nats per point
    deviation = np.empty((classes, dims), points.dtype)
    responsibilities = np.empty(classes, points.dtype)  # of one point
    for i in range(iterations):
        whitening = np.empty((classes, dims, dims), points.dtype)  # lower triangular
        offsets = np.empty(classes, points.dtype)
        for k in range(classes):
            factor = np.linalg.cholesky(covariances[k])  # (dims, dims)
            whitening[k] = np.linalg.inv(factor)
            log_root = np.log(np.diag(factor)).sum()  # half the determinant's logarithm
            offsets[k] = math.log(weights[k]) - 0.5 * dims * math.log(2 * math.pi) - log_root
        total = 0.0
        counts = np.zeros(classes)
        shifts = np.zeros((classes, dims))
        scatter = np.zeros((classes, dims, dims))
        for n in range(len(points)):
            largest = -np.inf
            for k in range(classes):
                distance = 0.0  # squared, in standard deviations
                for a in range(dims):
                    deviation[k, a] = points[n, a] - means[k, a]
                    whitened = 0.0
                    for b in range(a + 1):
                        whitened += whitening[k, a, b] * deviation[k, b]
                    distance += whitened**2
                responsibilities[k] = offsets[k] - 0.5 * distance
                largest = max(largest, responsibilities[k])
            density = 0.0
            for k in range(classes):
                responsibilities[k] = math.exp(responsibilities[k] - largest)
                density += responsibilities[k]
            total += largest + math.log(density)
            for k in range(classes):
                share = responsibilities[k] / density
                counts[k] += share
                for a in range(dims):
                    shifts[k, a] += share * deviation[k, a]
                    for b in range(a + 1):
                        scatter[k, a, b] += share * deviation[k, a] * deviation[k, b]
        log_likelihood[i:] = total / len(points)

        weights = (counts / len(points)).astype(points.dtype)
        fitted_means, fitted_covariances = np.empty_like(means), np.empty_like(covariances)
        for k in range(classes):
            shift = shifts[k] / counts[k]  # (dims,) from the old mean to the new
            for a in range(dims):
                fitted_means[k, a] = means[k, a] + shift[a]
                for b in range(a + 1):
                    covariance = scatter[k, a, b] / counts[k] - shift[a] * shift[b]
                    fitted_covariances[k, a, b] = fitted_covariances[k, b, a] = covariance
        means, covariances = fitted_means, fitted_covariances
        if i > 0 and abs(log_likelihood[i] - log_likelihood[i - 1]) < tolerance:
            break
    return Mixture(weights, means, covariances), log_likelihood
