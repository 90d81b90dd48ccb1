"""The factor is inverted, not the covariance, and `torch.compile` fuses what follows the GEMM."""

import math

import torch


@torch.compile(fullgraph=True, dynamic=False)
def gaussian_density(points, mean, covariance):
    dims = len(mean)
    factor = torch.linalg.cholesky(covariance)  # (dims, dims) lower triangular
    diagonal = factor.flatten()[:: dims + 1]  # torch.diag, compiled, raises a warning within torch
    log_determinant = 2 * torch.log(diagonal).sum()  # of the covariance
    identity = torch.eye(dims, dtype=factor.dtype, device=factor.device)
    whitening = torch.linalg.solve_triangular(factor, identity, upper=False)
    deviations = points - mean  # (points, dims)
    whitened = deviations @ whitening.T  # (points, dims)
    distances = (whitened**2).sum(dim=1)  # (points,) squared, in standard deviations
    log_density = -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distances)  # (points,)
    return torch.exp(log_density), log_density
