"""The loop over the chunks is compiled as well: `fori_loop` carries nothing but the count."""

from functools import partial

import jax
import jax.numpy as jnp
from portstudy.implementations.threefry._jax import random_bits, split


@partial(jax.jit, static_argnames=("chunks", "length"))
def monte_carlo_pi(key, quantiles, chunks, length):
    keys = split(key, chunks)  # (chunks, 2)

    def add_chunk(chunk, inside):
        bits = random_bits(keys[chunk], length, 32)  # (length,) uint32
        x, y = bits >> 17, bits & 0x7FFF  # (length,) 15 bits each
        return inside + jnp.sum(x * (x + 1) + y * (y + 1) < 2**30, dtype=jnp.int32)

    inside = jax.lax.fori_loop(0, chunks, add_chunk, jnp.int32(0))
    points = chunks * length
    share = inside.astype(quantiles.dtype) / points
    error = 4 * jnp.sqrt(share * (1 - share) / points)
    return inside, 4 * share, quantiles * error
