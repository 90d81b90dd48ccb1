"""Only `np` became `jnp`: some hundred operations a chunk, each dispatched alone."""

import jax.numpy as jnp
from portstudy.implementations.threefry._jax import random_bits, split


def monte_carlo_pi(key, quantiles, chunks, length):
    inside = jnp.int32(0)
    for chunk_key in split(key, chunks):  # (2,)
        bits = random_bits(chunk_key, length, 32)  # (length,) uint32
        x, y = bits >> 17, bits & 0x7FFF  # (length,) 15 bits each
        inside += jnp.sum(x * (x + 1) + y * (y + 1) < 2**30, dtype=jnp.int32)
    points = chunks * length
    share = inside.astype(quantiles.dtype) / points
    error = 4 * jnp.sqrt(share * (1 - share) / points)
    return inside, 4 * share, quantiles * error
