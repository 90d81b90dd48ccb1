"""As the formula is printed, compiled: the covariance is inverted, then one GEMM."""

import math

import jax
import jax.numpy as jnp


@jax.jit
def gaussian_density(points, mean, covariance):
    dims = len(mean)
    precision = jnp.linalg.inv(covariance)  # (dims, dims)
    log_determinant = jnp.linalg.slogdet(covariance)[1]  # det itself would over- or underflow
    deviations = points - mean  # (points, dims)
    distances = ((deviations @ precision) * deviations).sum(axis=1)  # (points,) squared
    log_density = -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distances)  # (points,)
    return jnp.exp(log_density), log_density
