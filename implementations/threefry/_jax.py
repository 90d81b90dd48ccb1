"""Bits, uniform numbers and keys from Threefry, in JAX, eager or compiled."""

import jax.numpy as jnp

from ._rounds import threefry2x32


def random_bits(key, count, width):
    low = jnp.arange(count, dtype=jnp.uint32)  # (count,)
    a, b = threefry2x32(key, jnp.zeros_like(low), low)
    return a ^ b if width == 32 else a.astype(jnp.uint64) << 32 | b


def random_uniform(key, count, width):
    digits = 23 if width == 32 else 52  # binary, of a float's fraction
    bits = random_bits(key, count, width) >> width - digits
    return bits.astype(f"float{width}") * 2.0**-digits


def split(key, count):
    low = jnp.arange(count, dtype=jnp.uint32)  # (count,)
    return jnp.stack(threefry2x32(key, jnp.zeros_like(low), low), axis=1)


def fold_in(key, data):
    high, low = data.T  # (folds,)
    return jnp.stack(threefry2x32(key, high, low), axis=1)
