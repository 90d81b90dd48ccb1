"""Only `np` became `jnp`: each of some 120 operations is dispatched alone, and makes an array."""

from ._jax import fold_in, random_bits, random_uniform, split


def threefry(key, data, words, numbers, width):
    bits = random_bits(key, words, width)  # (words,) uint32 or uint64
    uniform = random_uniform(key, numbers, width)  # (numbers,) float32 or float64
    keys = split(key, words)  # (words, 2) uint32
    folded = fold_in(key, data)  # (folds, 2) uint32
    return bits, uniform, keys, folded
