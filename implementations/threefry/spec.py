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
from portstudy import Array, Choice, Exact, Kernel, Size, Work, fits, moved

ROUNDS = 20
MIXING = 3 * ROUNDS + 3 * 5 + 2
"""Operations on words of 32 bits for one counter; a rotation is counted as one."""


def make_inputs(rng: np.random.Generator, *, words: int, numbers: int, folds: int = 7) -> tuple:
    """Any key, any data; words as wide as the dtype."""
    key = rng.integers(2**32, size=2, dtype=np.uint32)
    data = rng.integers(2**32, size=(folds, 2), dtype=np.uint32)
    data[:2] = [[0, 1], [2**32 - 1, 2**32 - 1]]
    return key, data, words, numbers, None


class Width(Choice):
    """32 or 64 bits, but no more than a number of the kernel's dtype has; or None, for as many."""

    def __init__(self) -> None:
        super().__init__(32, 64)

    def take(self, call: Any, name: str, value: Any) -> int:
        """`value`, or the width of the kernel's dtype."""
        bits = 8 * call.dtype.itemsize
        allowed = Choice(*(width for width in self.values if width <= bits))
        return allowed.take(call, name, bits if value is None else value)


KEY = Array(2, dtype=np.uint32)


def check(key: np.ndarray, data: np.ndarray, words: int, numbers: int, width: int) -> None:
    """Results that fit into memory."""
    fits("numbers: two copies of uniform", (2, numbers), width // 8)
    fits("words: two copies of keys", (2, words, 2), 4)


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
    return Work((moved(outputs),), operations=counters * MIXING * 32 / width)


threefry = Kernel(
    arguments={
        "key": KEY,
        "data": Array("folds", 2, dtype=np.uint32),
        "words": Size(at_least=1, at_most=2**31),  # the low word of a counter tells no more apart
        "numbers": Size(at_least=1, at_most=2**31),
        "width": Width(),
    },
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
