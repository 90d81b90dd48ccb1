"""Two masks that differ: a solution."""

import jax


def two_masks(key, n):
    first, second = jax.random.split(key)
    return jax.random.bernoulli(first, 0.5, (n,)), jax.random.bernoulli(second, 0.5, (n,))
