"""Only `np` became `jnp`: some two hundred operations, each dispatched alone."""

import jax.numpy as jnp
from portstudy.implementations.threefry._jax import random_uniform, split


def threefry_normal(key, deviations, pairs, width):
    first, second = split(key, 2)  # (2,)
    u = random_uniform(first, pairs, width).astype(deviations.dtype)  # (pairs,)
    v = random_uniform(second, pairs, width).astype(deviations.dtype)  # (pairs,)
    radius, angle = jnp.sqrt(-2 * jnp.log(1 - u)), 2 * jnp.pi * v
    normal = jnp.stack([radius * jnp.cos(angle), radius * jnp.sin(angle)])  # (2, pairs)
    return deviations[:, jnp.newaxis] * normal
