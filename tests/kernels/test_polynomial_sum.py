"""The sum of a polynomial: its roots, a closed form, and what each way of adding loses."""

import math

import numpy as np
import pytest
from portstudy import InvalidInput, Port, load

from tests.conftest import cases, ports, skipped_if_unavailable

port = ports(cases("polynomial_sum"))


def test_roots_are_zero_and_the_vertex_is_its_minimum(port: Port):
    assert port([0.0, -4.0]) == 0
    assert port([-2.0]) == -4
    assert port([1.0, -2.0, 3.0]) == 5 - 4 + 21


def test_closed_form_over_the_integers(port: Port):
    """The sum of k**2 + 4 k for k from 1 to n."""
    n = 300
    assert port(np.arange(1.0, n + 1)) == n * (n + 1) * (2 * n + 1) // 6 + 2 * n * (n + 1)


def error(name: str, x: np.ndarray) -> float:
    """Of a float32 port, in ulps, against the exact sum of terms that float32 holds exactly."""
    with skipped_if_unavailable(name.split("_")[0]):
        total = load("polynomial_sum", name, dtype="float32")(x)
    exact = math.fsum((x.astype(float) + 2) ** 2 - 4)
    return abs(float(total) - exact) / float(np.spacing(np.float32(exact)))


def test_a_serial_sum_loses_digits_and_a_compensated_one_none():
    x = (np.random.default_rng(0).integers(-(2**9), 2**9, 2**20) / 2**6).astype(np.float32)
    assert error("numba_serial", x) > 100
    assert error("numpy_vectorised", x) < 4
    assert error("numba_compensated", x) <= 1


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([[1.0]], r"^x: shape \(1, 1\); allowed: \(entries\)$"),
        (1.0, r"^x: shape \(\); allowed: \(entries\)$"),
        ([], r"^x: shape \(0,\) is empty; allowed: lengths from 1$"),
        ([1.0, np.inf], r"^x: inf at \[1\] is not finite in float\d\d$"),
        (["1"], r"^x: dtype <U1; allowed: real numbers$"),
    ],
)
def test_bad_input(port: Port, x, message: str):
    compiled = port.backend.compiled()
    with pytest.raises(InvalidInput, match=message):
        port(x)
    assert port.backend.compiled() == compiled
