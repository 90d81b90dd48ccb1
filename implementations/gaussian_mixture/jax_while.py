"""The whole EM is one compiled `while_loop`: the likelihood is tested where it is."""

import math
from functools import partial

import jax
import jax.numpy as jnp
from jax.scipy.linalg import solve_triangular
from jax.scipy.special import logsumexp

from .spec import Mixture


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


@partial(jax.jit, static_argnames="iterations")
def gaussian_mixture(points, mixture, tolerance, iterations):
    def going_on(carry):
        i, _, log_likelihood = carry
        change = abs(log_likelihood[i - 1] - log_likelihood[i - 2])
        return (i < iterations) & ((i < 2) | ~(change < tolerance))

    def step(carry):
        i, mixture, log_likelihood = carry
        mixture, latest = iteration(points, mixture)
        return i + 1, mixture, jnp.where(jnp.arange(iterations) < i, log_likelihood, latest)

    log_likelihood = jnp.zeros(iterations, points.dtype)  # nats per point
    carry = jnp.int32(0), mixture, log_likelihood
    _, mixture, log_likelihood = jax.lax.while_loop(going_on, step, carry)
    return mixture, log_likelihood
