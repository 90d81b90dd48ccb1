"""One decorator: the map becomes one loop; the product stays what it was."""

import jax
import jax.numpy as jnp


@jax.jit
def masked_matmul(m):
    mapped = jnp.where(m > 0.5, m**2, jnp.sqrt(m))  # (n, n)
    return mapped @ mapped
