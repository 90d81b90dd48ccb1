"""The quadratic form by its indices: JAX itself chooses the order of contraction."""

import math

import jax
import jax.numpy as jnp


@jax.jit
def gaussian_density(points, mean, covariance):
    dims = len(mean)
    precision = jnp.linalg.inv(covariance)  # (dims, dims)
    log_determinant = jnp.linalg.slogdet(covariance)[1]  # det itself would over- or underflow
    deviations = points - mean  # (points, dims)
    distances = jnp.einsum("pi,ij,pj->p", deviations, precision, deviations)  # (points,) squared
    log_density = -0.5 * (dims * math.log(2 * math.pi) + log_determinant + distances)  # (points,)
    return jnp.exp(log_density), log_density
