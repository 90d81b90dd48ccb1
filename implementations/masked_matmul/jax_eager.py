"""Only `np` became `jnp`: every operation is dispatched on its own, and makes its temporary."""

import jax.numpy as jnp


def masked_matmul(m):
    mapped = jnp.where(m > 0.5, m**2, jnp.sqrt(m))  # (n, n)
    return mapped @ mapped
