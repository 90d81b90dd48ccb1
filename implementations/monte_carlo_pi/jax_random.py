"""What a JAX user writes: `jax.random` draws each chunk, with a key made by `fold_in`.

`bits` must be told its dtype: left out, it is that of JAX's mode, and in float64 the points differ.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("chunks", "length"))
def monte_carlo_pi(key, quantiles, chunks, length):
    typed = jax.random.wrap_key_data(key, impl="threefry2x32")

    def add_chunk(chunk, inside):
        bits = jax.random.bits(jax.random.fold_in(typed, chunk), length, "uint32")  # (length,)
        x, y = bits >> 17, bits & 0x7FFF  # (length,) 15 bits each
        return inside + jnp.sum(x * (x + 1) + y * (y + 1) < 2**30, dtype=jnp.int32)

    inside = jax.lax.fori_loop(0, chunks, add_chunk, jnp.int32(0))
    points = chunks * length
    share = inside.astype(quantiles.dtype) / points
    error = 4 * jnp.sqrt(share * (1 - share) / points)
    return inside, 4 * share, quantiles * error
