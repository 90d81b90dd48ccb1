"""Written for one point and one class; `vmap` over points, then over classes, makes it all."""

import math

import jax
import jax.numpy as jnp
from jax.scipy.linalg import solve_triangular
from jax.scipy.special import logsumexp

from .spec import Mixture


def log_normal(point, mean, factor):
    whitened = solve_triangular(factor, point - mean, lower=True)  # (dims,)
    log_determinant = 2 * jnp.log(jnp.diag(factor)).sum()
    return -0.5 * (len(mean) * math.log(2 * math.pi) + log_determinant + (whitened**2).sum())


def fit_class(points, responsibilities):
    count = responsibilities.sum()  # one class
    mean = responsibilities @ points / count  # (dims,)
    deviations = points - mean  # (points, dims)
    return count, mean, (responsibilities * deviations.T) @ deviations / count


@jax.jit
def iteration(points, mixture):
    weights, means, covariances = mixture
    factors = jnp.linalg.cholesky(covariances)  # (classes, dims, dims) lower triangular
    over_points = jax.vmap(log_normal, in_axes=(0, None, None))
    log_normals = jax.vmap(over_points, in_axes=(None, 0, 0))(points, means, factors)
    log_joint = jnp.log(weights)[:, None] + log_normals  # (classes, points)
    log_density = logsumexp(log_joint, axis=0)  # (points,)
    responsibilities = jnp.exp(log_joint - log_density)  # (classes, points)

    counts, means, covariances = jax.vmap(fit_class, in_axes=(None, 0))(points, responsibilities)
    return Mixture(counts / len(points), means, covariances), log_density.mean()


def gaussian_mixture(points, mixture, tolerance, iterations):
    log_likelihood = []  # nats per point
    for i in range(iterations):
        mixture, latest = iteration(points, mixture)
        log_likelihood.append(latest)
        if i > 0 and abs(latest - log_likelihood[-2]) < tolerance:
            break
    log_likelihood += [latest] * (iterations - len(log_likelihood))
    return mixture, jnp.stack(log_likelihood)
