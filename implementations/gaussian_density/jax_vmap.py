"""Written for one point, as in the textbook; `vmap` makes one solve of all points' solves."""

import math

import jax
import jax.numpy as jnp
from jax.scipy.linalg import solve_triangular


@jax.jit
def gaussian_density(points, mean, covariance):
    dims = len(mean)
    factor = jnp.linalg.cholesky(covariance)  # (dims, dims) lower triangular
    log_determinant = 2 * jnp.log(jnp.diag(factor)).sum()  # of the covariance

    def at(point):
        deviation = point - mean  # (dims,)
        whitened = solve_triangular(factor, deviation, lower=True)  # (dims,)
        distance = (whitened**2).sum()  # squared, in standard deviations
        return -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distance)

    log_density = jax.vmap(at)(points)  # (points,)
    return jnp.exp(log_density), log_density
