"""All chunks at once, by `vmap`: XLA does not fuse that far, so all points are in memory."""

from functools import partial

import jax
import jax.numpy as jnp
from portstudy.implementations.threefry._jax import random_bits, split


@partial(jax.jit, static_argnames=("chunks", "length"))
def monte_carlo_pi(key, quantiles, chunks, length):
    def count(chunk_key):
        bits = random_bits(chunk_key, length, 32)  # (length,) uint32
        x, y = bits >> 17, bits & 0x7FFF  # (length,) 15 bits each
        return jnp.sum(x * (x + 1) + y * (y + 1) < 2**30, dtype=jnp.int32)

    inside = jnp.sum(jax.vmap(count)(split(key, chunks)), dtype=jnp.int32)
    points = chunks * length
    share = inside.astype(quantiles.dtype) / points
    error = 4 * jnp.sqrt(share * (1 - share) / points)
    return inside, 4 * share, quantiles * error
