"""Threefry: random numbers by counting. A key and a counter make a number, with no state between.

J. Salmon, M. Moraes, R. Dror and D. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC 2011:
Threefry-2x32 with 20 rounds, the generator that JAX has by default. A key (k0, k1) and a counter
(high, low), all words of 32 bits, are mixed into two words (a, b). Modulo 2**32:

    k2 = k0 ^ k1 ^ 0x1BD11BDA
    a, b = high + k0, low + k1
    20 rounds of                a = a + b;  b = a ^ (b rotated left by r)
    after rounds 4, 8 .. 20     a = a + k[s % 3];  b = b + k[(s + 1) % 3] + s,   s = 1, 2 .. 5

where r is 13, 15, 26, 6, 17, 29, 16, 24 in turn. Every number depends on its own counter alone:
the i-th can be had without those before it, by any thread, in any order, in a batch of any shape.
A generator with a state, such as NumPy's PCG64, gives a stream that must be drawn in order.

On top of it, JAX's layout (jax_threefry_partitionable, its default since 0.5). For i = 0, 1, 2 ..,
(a, b) from the counter (0, i):

    bits[i] = a ^ b                     of 32 bits, or a * 2**32 + b, of 64: `width`
    uniform[i] = the first 23 of these bits, or the first 52, * 2**-23, or * 2**-52;  0 <= . < 1
    split: keys[i] = (a, b)             one key to many, each with a stream of its own
    fold_in: folded[i] = (a, b)         from the counter data[i] = (high, low), here any number

So they equal `jax.random.bits`, `uniform`, `split` and `fold_in` of the key `jax.random.key(seed)`,
which is (seed >> 32, seed % 2**32). Scaling to another range is left to the caller: `uniform(key,
minval=.., maxval=..)` is fused to a multiply-add under jit, which gives other bits than without.

`key` is (2,) uint32, `data` (folds, 2) uint32. Of bits and keys there are `words`, of uniform
numbers `numbers`: most of the time goes to the latter. All is exact, so all inputs are dyadic, and
every port must agree to the bit. Normal numbers are another kernel, threefry_normal, as logarithm
and cosine differ between libraries. PCG64 is not a port, as its bits are others.
"""

from typing import Any

import numpy as np
from portstudy import Arrays, Exact, InvalidInput, Kernel, Work, fits, moved, size

ROUNDS = 20
MIXING = 3 * ROUNDS + 3 * 5 + 2
"""Operations on words of 32 bits for one counter; a rotation is counted as one."""


def make_inputs(
    rng: np.random.Generator, dtype: np.dtype, *, words: int, numbers: int, folds: int = 7
) -> tuple:
    """Any key, any data; words as wide as the dtype."""
    key = rng.integers(2**32, size=2, dtype=np.uint32)
    data = rng.integers(2**32, size=(folds, 2), dtype=np.uint32)
    data[:2] = [[0, 1], [2**32 - 1, 2**32 - 1]]
    return key, data, words, numbers, 8 * np.dtype(dtype).itemsize


def check_key(arrays: Arrays, key: Any) -> np.ndarray:
    """A key of two words."""
    key = arrays.take("key", key, "words", dtype=np.uint32)
    if len(key) != 2:
        raise InvalidInput(f"key: {len(key)} words; allowed: 2, of 32 bits each")
    return key


def check_width(dtype: np.dtype, width: Any) -> int:
    """32 or 64 bits, and no more than a number of this dtype has."""
    width = size("width", width)
    allowed = [bits for bits in (32, 64) if bits <= 8 * dtype.itemsize]
    if width not in allowed:
        names = " and ".join(str(bits) for bits in allowed)
        raise InvalidInput(f"width: {width} bits; allowed in {dtype}: {names}")
    return width


def check_count(name: str, value: Any) -> int:
    """At least one, and no more than the low word of a counter can tell apart."""
    count = size(name, value)
    if not 1 <= count <= 2**31:
        raise InvalidInput(f"{name}: {count}; allowed: from 1 to 2**31")
    return count


def check(dtype: np.dtype, key: Any, data: Any, words: Any, numbers: Any, width: Any) -> tuple:
    """key (2,), data (folds, 2), words and numbers from 1 to 2**31, width 32 or 64 bits."""
    arrays = Arrays(dtype)
    key = check_key(arrays, key)
    data = Arrays(dtype).take("data", data, "folds", "words", dtype=np.uint32)
    if data.shape[1] != 2:
        raise InvalidInput(f"data: {data.shape[1]} words; allowed: 2, of 32 bits each")
    words = check_count("words", words)
    numbers = check_count("numbers", numbers)
    width = check_width(dtype, width)
    fits("numbers: two copies of uniform", (2, numbers), width // 8)
    fits("words: two copies of keys", (2, words, 2), 4)
    return key, data, words, numbers, width


def alive(arguments: tuple, outputs: tuple) -> None:
    """Numbers in their range, as spread as they should be, and no key twice."""
    _, _, words, numbers, width = arguments
    bits, uniform, keys, folded = outputs
    assert bits.dtype.itemsize * 8 == width
    assert uniform.min() >= 0, f"a uniform number of {uniform.min()}"
    assert uniform.max() < 1, f"a uniform number of {uniform.max()}"
    # 6 standard errors: of a right generator, one key in 5e8 is refused.
    error = 6 / np.sqrt(12 * numbers)
    mean = uniform.mean(dtype=np.float64)
    assert abs(mean - 0.5) < error, f"a mean of {mean}; expected: 0.5, less or more {error:.2g}"
    for name, several in (("keys", keys), ("folded", folded)):
        assert len(np.unique(several, axis=0)) == len(several), f"{name}: a key occurs twice"
    if words >= 1000:  # else one of 16 may be missing: with 1000, in one key of 7e26
        assert len(np.unique(bits >> width - 4)) == 16, "some of the first 4 bits never occur"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Every number is written once; a counter is mixed for each."""
    *_, width = arguments
    counters = sum(len(output) for output in outputs)
    # The peak is that of floats as wide as the results, and of words there are twice as many.
    return Work((moved(*outputs),), operations=counters * MIXING * 32 / width)


threefry = Kernel(
    inputs=make_inputs,
    dyadic=make_inputs,
    outputs={
        "bits": Exact("word"),
        "uniform": Exact("number"),
        "keys": Exact("word", "half"),
        "folded": Exact("fold", "half"),
    },
    sizes={
        "large": dict(words=1000, numbers=10_000_000),
        "small": dict(words=1000, numbers=100_000),
        "check": dict(words=1000, numbers=9001),  # more than one block of numpy_blocks
    },
    reference="numpy_vectorised",
    check=check,
    alive=alive,
    work=work,
    peers=("jax_random",),
)
