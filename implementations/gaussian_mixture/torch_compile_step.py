"""One iteration is compiled by torch.compile; Python looks at each likelihood."""

import math

import torch

from .spec import Mixture


@torch.compile(fullgraph=True, dynamic=False)
def iteration(points, mixture):
    weights, means, covariances = mixture
    dims = points.shape[1]
    factors = torch.linalg.cholesky(covariances)  # (classes, dims, dims) lower triangular
    deviations = points.T - means[:, :, None]  # (classes, dims, points)
    whitened = torch.linalg.solve_triangular(factors, deviations, upper=False)
    distances = (whitened**2).sum(dim=1)  # (classes, points) squared
    diagonals = factors.flatten(1)[:, :: dims + 1]  # (classes, dims)
    log_determinants = 2 * torch.log(diagonals).sum(dim=1)  # (classes,)
    offsets = torch.log(weights) - 0.5 * (dims * math.log(2 * math.pi) + log_determinants)
    log_joint = offsets[:, None] - 0.5 * distances  # (classes, points)
    log_density = torch.logsumexp(log_joint, dim=0)  # (points,)
    responsibilities = torch.exp(log_joint - log_density)  # (classes, points)

    counts = responsibilities.sum(dim=1)  # (classes,)
    weights = counts / len(points)
    means = responsibilities @ points / counts[:, None]  # (classes, dims)
    deviations = points.T - means[:, :, None]  # (classes, dims, points)
    scatter = (responsibilities[:, None] * deviations) @ deviations.mT
    covariances = scatter / counts[:, None, None]  # (classes, dims, dims)
    return Mixture(weights, means, covariances), log_density.mean()


def gaussian_mixture(points, mixture, tolerance, iterations):
    log_likelihood = torch.empty(iterations, dtype=points.dtype, device=points.device)
    for i in range(iterations):
        mixture, log_likelihood[i:] = iteration(points, mixture)
        if i > 0 and abs(log_likelihood[i] - log_likelihood[i - 1]) < tolerance:
            break
    return mixture, log_likelihood  # nats per point
