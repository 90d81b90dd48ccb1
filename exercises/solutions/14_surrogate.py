"""A step with a slope: a solution."""

import jax
import jax.numpy as jnp


@jax.custom_jvp
def spike(u):
    """u (n,) of JAX; returns (n,) of the same dtype."""
    return (u > 0).astype(u.dtype)


@spike.defjvp
def spike_jvp(primals, tangents):
    (u,), (change,) = primals, tangents
    return spike(u), jnp.where(jnp.abs(u) < 0.5, change, 0)
