"""One iteration is compiled, all classes at once; Python looks at each likelihood, and waits."""

import math

import jax
import jax.numpy as jnp
from jax.scipy.linalg import solve_triangular
from jax.scipy.special import logsumexp

from .spec import Mixture


@jax.jit
def iteration(points, mixture):
    weights, means, covariances = mixture
    dims = points.shape[1]
    factors = jnp.linalg.cholesky(covariances)  # (classes, dims, dims) lower triangular
    deviations = points.T - means[:, :, None]  # (classes, dims, points)
    whitened = solve_triangular(factors, deviations, lower=True)  # (classes, dims, points)
    distances = (whitened**2).sum(axis=1)  # (classes, points) squared
    log_determinants = 2 * jnp.log(jnp.einsum("kii->ki", factors)).sum(axis=1)  # (classes,)
    offsets = jnp.log(weights) - 0.5 * (dims * math.log(2 * math.pi) + log_determinants)
    log_joint = offsets[:, None] - 0.5 * distances  # (classes, points)
    log_density = logsumexp(log_joint, axis=0)  # (points,)
    responsibilities = jnp.exp(log_joint - log_density)  # (classes, points)

    counts = responsibilities.sum(axis=1)  # (classes,)
    weights = counts / len(points)
    means = responsibilities @ points / counts[:, None]  # (classes, dims)
    deviations = points.T - means[:, :, None]  # (classes, dims, points)
    scatter = jnp.einsum("kn,kin,kjn->kij", responsibilities, deviations, deviations)
    covariances = scatter / counts[:, None, None]  # (classes, dims, dims)
    return Mixture(weights, means, covariances), log_density.mean()


def gaussian_mixture(points, mixture, tolerance, iterations):
    log_likelihood = []  # nats per point
    for i in range(iterations):
        mixture, latest = iteration(points, mixture)
        log_likelihood.append(latest)
        if i > 0 and abs(latest - log_likelihood[-2]) < tolerance:
            break
    log_likelihood += [latest] * (iterations - len(log_likelihood))
    return mixture, jnp.stack(log_likelihood)
