"""Only `np` became `jnp`: the names are NumPy's, the order of summation is JAX's own."""

import jax.numpy as jnp


def prefix_scan(terms, factors):
    total = jnp.cumsum(terms)  # (rows,)
    product = jnp.cumprod(factors)  # (rows,)
    return total, product
