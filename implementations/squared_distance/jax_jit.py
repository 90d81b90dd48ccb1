"""One decorator: XLA fuses all three operations into one loop without a temporary."""

import jax
import jax.numpy as jnp


@jax.jit
def squared_distance(a, b):
    difference = a - b  # (entries,)
    return jnp.sum(difference**2)
