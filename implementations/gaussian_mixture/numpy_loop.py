"""The reference: vectorised over the points, a Python loop over the classes."""

import math

import numpy as np

from .spec import Mixture


def gaussian_mixture(points, mixture, tolerance, iterations):
    weights, means, covariances = mixture
    classes, dims = means.shape
    log_likelihood = np.empty(iterations, points.dtype)  # nats per point
    for i in range(iterations):
        log_joint = np.empty((classes, len(points)), points.dtype)
        for k in range(classes):
            factor = np.linalg.cholesky(covariances[k])  # (dims, dims) lower triangular
            whitened = np.linalg.solve(factor, (points - means[k]).T)  # (dims, points)
            log_joint[k] = np.log(weights[k]) - np.log(np.diag(factor)).sum()
            log_joint[k] -= 0.5 * (dims * math.log(2 * math.pi) + (whitened**2).sum(axis=0))
        largest = log_joint.max(axis=0)  # (points,)
        log_density = largest + np.log(np.exp(log_joint - largest).sum(axis=0))  # (points,)
        responsibilities = np.exp(log_joint - log_density)  # (classes, points)
        log_likelihood[i] = log_density.mean()

        counts = responsibilities.sum(axis=1)  # (classes,)
        weights = counts / len(points)
        means = responsibilities @ points / counts[:, None]  # (classes, dims)
        covariances = np.empty((classes, dims, dims), points.dtype)
        for k in range(classes):
            deviations = points - means[k]  # (points, dims)
            covariances[k] = (responsibilities[k] * deviations.T) @ deviations / counts[k]
        if i > 0 and abs(log_likelihood[i] - log_likelihood[i - 1]) < tolerance:
            log_likelihood[i + 1 :] = log_likelihood[i]
            break
    return Mixture(weights, means, covariances), log_likelihood
