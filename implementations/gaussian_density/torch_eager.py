"""PyTorch as it comes: `np` became `torch`, and the solve knows that its matrix is triangular."""

import math

import torch


def gaussian_density(points, mean, covariance):
    dims = len(mean)
    factor = torch.linalg.cholesky(covariance)  # (dims, dims) lower triangular
    log_determinant = 2 * torch.log(torch.diag(factor)).sum()  # of the covariance
    deviations = points - mean  # (points, dims)
    whitened = torch.linalg.solve_triangular(factor, deviations.T, upper=False)  # (dims, points)
    distances = (whitened**2).sum(dim=0)  # (points,) squared, in standard deviations
    log_density = -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distances)  # (points,)
    return torch.exp(log_density), log_density
