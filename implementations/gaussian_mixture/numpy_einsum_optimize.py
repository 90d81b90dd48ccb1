"""All classes at once: an axis more for each array, and `einsum` says which one is summed."""

import math

import numpy as np

from .spec import Mixture


def gaussian_mixture(points, mixture, tolerance, iterations):
    weights, means, covariances = mixture
    dims = points.shape[1]
    log_likelihood = np.empty(iterations, points.dtype)  # nats per point
    for i in range(iterations):
        factors = np.linalg.cholesky(covariances)  # (classes, dims, dims) lower triangular
        deviations = points - means[:, None]  # (classes, points, dims)
        whitened = np.einsum("knj,kij->kni", deviations, np.linalg.inv(factors), optimize=True)
        distances = np.einsum("kni,kni->kn", whitened, whitened)  # (classes, points) squared
        log_determinants = 2 * np.log(np.einsum("kii->ki", factors)).sum(axis=1)  # (classes,)
        offsets = np.log(weights) - 0.5 * (dims * math.log(2 * math.pi) + log_determinants)
        log_joint = offsets[:, None] - 0.5 * distances  # (classes, points)
        largest = log_joint.max(axis=0)  # (points,)
        log_density = largest + np.log(np.exp(log_joint - largest).sum(axis=0))  # (points,)
        responsibilities = np.exp(log_joint - log_density)  # (classes, points)
        log_likelihood[i] = log_density.mean()

        counts = responsibilities.sum(axis=1)  # (classes,)
        weights = counts / len(points)
        means = responsibilities @ points / counts[:, None]  # (classes, dims)
        deviations = points - means[:, None]  # (classes, points, dims)
        scatter = (responsibilities[:, :, None] * deviations).swapaxes(1, 2) @ deviations
        covariances = scatter / counts[:, None, None]  # (classes, dims, dims)
        if i > 0 and abs(log_likelihood[i] - log_likelihood[i - 1]) < tolerance:
            log_likelihood[i + 1 :] = log_likelihood[i]
            break
    return Mixture(weights, means, covariances), log_likelihood
