"""Threefry: the paper's answers, JAX's streams, and what random numbers must look like."""

import math

import numpy as np
import pytest
from portstudy import Port, load

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports, skipped_if_unavailable

port = ports(cases("threefry"))

# Threefry-2x32, 20 rounds, from kat_vectors of Random123, the paper's own implementation.
KNOWN = [
    ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 2, (0x1CB996FC, 0xBB002BE7)),
    ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
]


@pytest.mark.parametrize(("key", "counter", "answer"), KNOWN)
def test_known_answers(port: Port, key: tuple, counter: tuple, answer: tuple):
    _, data, *sizes = inputs("threefry", port.backend.dtype)
    _, _, _, folded = port(key, [counter] * len(data), *sizes)
    assert folded.tolist() == [list(answer)] * len(data)


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_streams_are_those_of_jax_random(port: Port, seed: int):
    """In one dimension or two: a batch of any shape is the same stream."""
    with skipped_if_unavailable("jax"):
        load("threefry", "jax_random", dtype=port.backend.dtype)
    import jax

    _, data, words, numbers, width = inputs("threefry", port.backend.dtype)
    data = np.stack([np.zeros_like(data[:, 1]), data[:, 1]], axis=1)
    with jax.enable_x64(width == 64):
        key = jax.random.key(seed, impl="threefry2x32")
        expected = (
            jax.random.bits(key, (8, words // 8), f"uint{width}").ravel(),
            jax.random.uniform(key, (numbers,), f"float{width}"),
            jax.random.key_data(jax.random.split(key, (words // 4, 4))).reshape(words, 2),
            np.array([jax.random.key_data(jax.random.fold_in(key, x)) for x in data[:, 1]]),
        )
        words_of_key = np.asarray(jax.random.key_data(key))
    given = port(words_of_key, data, words, numbers, width)
    for mine, theirs in zip(given, expected, strict=True):
        assert mine.dtype == theirs.dtype
        assert np.array_equal(mine, np.asarray(theirs))


def test_first_numbers_are_the_same_however_many_are_drawn(port: Port):
    """Bits and uniform numbers come from the same words, but from 1000 and 9001 counters."""
    arguments = inputs("threefry", port.backend.dtype)
    bits, uniform, *_ = port(*arguments)
    digits = {32: 23, 64: 52}[arguments[-1]]
    assert (uniform[: len(bits)] * 2.0**digits == bits >> arguments[-1] - digits).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_any_number_of_threads_gives_the_same_stream(threads: int):
    with skipped_if_unavailable("numba"):
        parallel = load("threefry", "numba_parallel")
    import numba

    arguments = inputs("threefry", "float64")
    before = numba.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    try:
        given = parallel(*arguments)
    finally:
        numba.set_num_threads(before)
    expected = load("threefry", "numpy_vectorised")(*arguments)
    assert all(np.array_equal(x, y) for x, y in zip(given, expected, strict=True))


def test_words_of_32_bits_in_a_port_of_float64(port: Port):
    """Narrower is allowed: the same numbers as in float32."""
    if port.backend.dtype == "float32" or port.backend.package == "torch":
        pytest.skip("that is what float32 is tested with, or another compilation")
    arguments = inputs("threefry", "float32")
    expected = load("threefry", "numpy_vectorised", dtype="float32")(*arguments)
    for mine, theirs in zip(port(*arguments), expected, strict=True):
        assert mine.dtype == theirs.dtype
        assert np.array_equal(mine, theirs)


# Statistics: of one port, as all others equal it to the bit. Each bound is passed by a true stream
# of random numbers in all but one of a million cases: a normal deviate beyond 4.9, a sum of squares
# or a distance beyond its own quantile. The keys are fixed.
ALARM = 1e-6
DEVIATE = 4.9
N = 200_000


@pytest.fixture(scope="module", params=["float64", "float32"])
def uniform(request: pytest.FixtureRequest) -> np.ndarray:
    """Numbers (3, N) of three streams: of one key, of the next, and of one split off the first."""
    reference = load("threefry", "numpy_vectorised", dtype=request.param)
    width = 64 if request.param == "float64" else 32
    streams = []
    key = np.array([0, 2026], dtype=np.uint32)
    for other in (key, key + np.uint32(1), reference(key, [[0, 0]], 2, 1, width)[2][1]):
        streams.append(reference(other, [[0, 0]], 1, N, width)[1].astype(np.float64))
    return np.array(streams)


def test_mean_and_variance(uniform):
    deviation = uniform - 0.5
    assert abs(deviation.sum()) < DEVIATE * math.sqrt(deviation.size / 12)
    # The fourth moment of a uniform number is 1/80, so that of its square has variance 1/180.
    assert abs((deviation**2 - 1 / 12).sum()) < DEVIATE * math.sqrt(deviation.size / 180)


def test_distribution(uniform):
    """Kolmogorov and Smirnov: their distance has a limiting distribution of tail 2 exp -2t²."""
    rank = np.arange(N + 1) / N
    for stream in np.sort(uniform, axis=1):
        distance = max((rank[1:] - stream).max(), (stream - rank[:-1]).max())
        assert math.sqrt(N) * distance < math.sqrt(math.log(2 / ALARM) / 2)


@pytest.mark.parametrize("lag", [1, 2, 3, 64, 1000])
def test_no_serial_correlation(uniform, lag: int):
    for stream in uniform - 0.5:
        products = 12 * stream[:-lag] * stream[lag:]  # of mean 0 and variance 1
        assert abs(products.sum()) < DEVIATE * math.sqrt(len(products))


def test_streams_of_two_keys_are_not_correlated(uniform):
    for one, other in ((0, 1), (0, 2), (1, 2)):
        products = 12 * (uniform[one] - 0.5) * (uniform[other] - 0.5)
        assert abs(products.sum()) < DEVIATE * math.sqrt(N)


def test_every_bit_is_set_half_of_the_time():
    """And no two of the 64 agree more often than not: 64 + 2016 deviates, each in 1e6 / 2080."""
    bits, *_ = load("threefry", "numpy_vectorised")([0, 2026], [[0, 0]], 50_000, 1, 64)
    signs = 1.0 - 2.0 * (bits[:, np.newaxis] >> np.arange(64, dtype=np.uint64) & 1)  # (words, 64)
    bound = 6.2 * math.sqrt(len(bits))  # 2 Phi(-6.2) = 5.6e-10 = 1e-6 / 1780
    assert (abs(signs.sum(axis=0)) < bound).all()
    assert (abs(np.triu(signs.T @ signs, 1)) < bound).all()


@each_dtype
@pytest.mark.parametrize(
    ("position", "value", "message"),
    [
        (0, [1, 2, 3], r"^key: shape \(3,\); allowed: \(2\)$"),
        (0, [1, -2], r"^key: -2 at \[1\] is not representable in uint32$"),
        (0, [2**32, 0], r"^key: 4294967296 at \[0\] is not representable in uint32$"),
        (0, [1.0, 2.0], r"^key: dtype float64; allowed: integers$"),
        (0, 7, r"^key: shape \(\); allowed: \(2\)$"),
        (1, [[1], [2]], r"^data: shape \(2, 1\); allowed: \(folds, 2\)$"),
        (1, [1, 2], r"^data: shape \(2,\); allowed: \(folds, 2\)$"),
        (2, 0, r"^words: 0; allowed: integers from 1 to 2\*\*31$"),
        (3, -1, r"^numbers: -1; allowed: integers from 1 to 2\*\*31$"),
        (3, 2**31 + 1, r"^numbers: 2147483649; allowed: integers from 1 to 2\*\*31$"),
        (4, 16, r"^width: 16; allowed: 32(, 64)?$"),
        (4, 128, r"^width: 128; allowed: 32(, 64)?$"),
    ],
)
def test_bad_input(dtype: str, position: int, value, message: str):
    arguments = list(inputs("threefry", dtype))
    arguments[position] = value
    assert_refused("threefry", dtype, arguments, message)


def test_a_float32_port_has_no_64_bits():
    arguments = inputs("threefry", "float64")
    assert_refused("threefry", "float32", arguments, r"^width: 64; allowed: 32$")
