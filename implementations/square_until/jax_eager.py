"""Only `np` became `jnp`: each look at the largest magnitude waits for the device."""

import jax.numpy as jnp


def square_until(x, tolerance):
    limit = tolerance * jnp.abs(x).max()
    count = 0
    while jnp.abs(x).max() > limit:
        x = x * x  # (values,)
        count += 1
    return x, jnp.int32(count)
