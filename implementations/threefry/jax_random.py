"""What a JAX user writes: `jax.random` has all of it, and for the same key the same bits.

Only `fold_in` takes 32 bits of data; what it calls takes both words.
"""

from functools import partial

import jax
from jax.extend.random import threefry_2x32


@partial(jax.jit, static_argnames=("words", "numbers", "width"))
def threefry(key, data, words, numbers, width):
    typed = jax.random.wrap_key_data(key, impl="threefry2x32")
    bits = jax.random.bits(typed, words, f"uint{width}")
    uniform = jax.random.uniform(typed, numbers, f"float{width}")
    keys = jax.random.key_data(jax.random.split(typed, words))  # (words, 2) uint32
    folded = threefry_2x32(key, data.T).T  # (folds, 2) uint32
    return bits, uniform, keys, folded
