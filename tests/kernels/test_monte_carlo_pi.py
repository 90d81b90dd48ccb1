"""Pi: the points that jax.random gives, what their grid makes of the circle, and the error."""

import functools
import math

import numpy as np
import pytest
from portstudy import Port, load

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports, skipped_if_unavailable

port = ports(cases("monte_carlo_pi"))


def test_circle_on_the_grid_has_the_area_of_a_circle():
    """Centres inside, counted exactly: x (x + 1) + y (y + 1) < 2**30, for all x and y."""
    products = np.arange(2**15, dtype=np.int64)
    products *= products + 1
    inside = int(np.searchsorted(products, 2**30 - products).sum())
    assert abs(4 * inside / 2**30 - math.pi) < 1e-6


@functools.cache
def count_inside() -> int:
    """Points from the same words, one after the other, judged as the circle is defined."""
    key, _, chunks, length = inputs("monte_carlo_pi", "float64")
    draw = load("threefry", "numpy_vectorised")
    inside = 0
    for chunk_key in draw(key, [[0, 0]], chunks, 1, 32)[2]:
        for word in draw(chunk_key, [[0, 0]], length, 1, 32)[0].tolist():
            x, y = word >> 17, word % 2**15
            inside += (2 * x + 1) ** 2 + (2 * y + 1) ** 2 < 4 * 2**30
    return inside


def test_against_integers_of_any_size(port: Port):
    key, quantiles, chunks, length = inputs("monte_carlo_pi", port.backend.dtype)
    count, estimate, interval = port(key, quantiles, chunks, length)
    share = count_inside() / (chunks * length)
    assert count == count_inside()
    assert estimate == pytest.approx(4 * share, rel=1e-6)
    error = 4 * math.sqrt(share * (1 - share) / (chunks * length))
    assert interval == pytest.approx(error * quantiles, rel=1e-6)


@pytest.mark.parametrize("threads", [1, 2])
def test_any_number_of_threads_counts_the_same(threads: int):
    with skipped_if_unavailable("numba"):
        parallel = load("monte_carlo_pi", "numba_parallel")
    import numba

    arguments = inputs("monte_carlo_pi", "float64")
    before = numba.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    try:
        inside, _, _ = parallel(*arguments)
    finally:
        numba.set_num_threads(before)
    assert inside == load("monte_carlo_pi", "numpy_blocks")(*arguments)[0]


def test_intervals_hold_pi_as_often_as_they_say():
    """One of a million generators that are right would fail: 4.9 standard errors of 400 runs."""
    reference, runs = load("monte_carlo_pi", "numpy_blocks"), 400
    _, quantiles, *_ = inputs("monte_carlo_pi", "float64")
    deviates = []
    for run in range(runs):
        _, estimate, interval = reference([2026, run], quantiles, 2, 1000)
        deviates.append((estimate - math.pi) / interval[0])
    for quantile, level in zip(quantiles, (0.682689, 0.95, 0.99), strict=True):
        held = np.mean(np.abs(deviates) < quantile)
        assert abs(held - level) < 4.9 * math.sqrt(level * (1 - level) / runs)
    assert abs(np.sum(deviates)) < 4.9 * math.sqrt(runs)


@each_dtype
@pytest.mark.parametrize(
    ("position", "value", "message"),
    [
        (0, [1, 2, 3], r"^key: shape \(3,\); allowed: \(2\)$"),
        (0, [0.5, 1.0], r"^key: dtype float64; allowed: integers$"),
        (1, [1.0, -2.0], r"^quantiles: -2\.0 at \[1\]; allowed: from 0$"),
        (1, [np.nan], r"^quantiles: nan at \[0\] is not finite in float\d\d$"),
        (1, 1.96, r"^quantiles: shape \(\); allowed: \(levels\)$"),
        (2, 0, r"^chunks: 0; allowed: integers from 1 to 2\*\*63 - 1$"),
        (2, 2**20, r"^chunks: 1048576 of length 10007 are \d+ points; allowed: up to 2\*\*31 - 1$"),
        (3, 0, r"^length: 0; allowed: integers from 1 to 2\*\*63 - 1$"),
        (3, 1e6, r"^length: 1000000\.0; allowed: integers from 1 to 2\*\*63 - 1$"),
    ],
)
def test_bad_input(dtype: str, position: int, value, message: str):
    arguments = list(inputs("monte_carlo_pi", dtype))
    arguments[position] = value
    assert_refused("monte_carlo_pi", dtype, arguments, message)
