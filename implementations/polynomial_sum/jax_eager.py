"""Only `np` became `jnp`: every operation is dispatched on its own, and makes its temporary."""

import jax.numpy as jnp


def polynomial_sum(x):
    x = x + 2  # (entries,)
    x = x**2 - 4
    return jnp.sum(x)
