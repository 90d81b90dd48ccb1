"""Only `np` became `jnp`: every operation is dispatched on its own, and makes its temporary."""

import jax.numpy as jnp


def squared_distance(a, b):
    difference = a - b  # (entries,)
    return jnp.sum(difference**2)
