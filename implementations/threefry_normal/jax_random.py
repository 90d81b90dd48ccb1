"""`jax.random` draws the uniform numbers; only what is made of them is written here."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("pairs", "width"))
def threefry_normal(key, deviations, pairs, width):
    first, second = jax.random.split(jax.random.wrap_key_data(key, impl="threefry2x32"))
    u = jax.random.uniform(first, pairs, f"float{width}").astype(deviations.dtype)
    v = jax.random.uniform(second, pairs, f"float{width}").astype(deviations.dtype)
    radius, angle = jnp.sqrt(-2 * jnp.log(1 - u)), 2 * jnp.pi * v
    normal = jnp.stack([radius * jnp.cos(angle), radius * jnp.sin(angle)])  # (2, pairs)
    return deviations[:, jnp.newaxis] * normal
