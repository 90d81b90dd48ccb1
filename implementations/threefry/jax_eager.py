"""Only `np` became `jnp`: each of some 120 operations is dispatched alone, and makes an array."""

import jax.numpy as jnp

ROTATIONS = (13, 15, 26, 6), (17, 29, 16, 24)  # bits, in one group of four rounds and the next
PARITY = 0x1BD11BDA


def threefry2x32(key, high, low):
    keys = key[0], key[1], key[0] ^ key[1] ^ PARITY
    a, b = high + keys[0], low + keys[1]
    for group in range(5):
        for rotation in ROTATIONS[group % 2]:
            a = a + b
            b = a ^ (b << rotation | b >> 32 - rotation)
        a = a + keys[(group + 1) % 3]
        b = b + keys[(group + 2) % 3] + (group + 1)
    return a, b


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


def threefry(key, data, words, numbers, width):
    bits = random_bits(key, words, width)  # (words,) uint32 or uint64
    uniform = random_uniform(key, numbers, width)  # (numbers,) float32 or float64
    keys = split(key, words)  # (words, 2) uint32
    folded = fold_in(key, data)  # (folds, 2) uint32
    return bits, uniform, keys, folded
