"""The sum of a polynomial: its roots, a closed form, and what each way of adding loses."""

import math

import numpy as np
import pytest
from portstudy import Port, load

from tests.conftest import (
    assert_refused,
    cases,
    each_dtype,
    inputs,
    of_any_shape,
    ports,
    skipped_if_unavailable,
)

port = ports(cases("polynomial_sum"))
small_port = ports(of_any_shape(cases("polynomial_sum")))


def test_roots_are_zero_and_the_vertex_is_its_minimum(small_port: Port):
    assert small_port([0.0, -4.0]) == 0
    assert small_port([-2.0]) == -4
    assert small_port([1.0, -2.0, 3.0]) == 5 - 4 + 21


def test_closed_form_over_the_integers(port: Port):
    """The sum of k**2 + 4 k for k from 1 to n; zeros add nothing."""
    n = 300
    x = np.zeros(len(inputs("polynomial_sum", port.backend.dtype)[0]))  # so that nothing compiles
    x[:n] = np.arange(1, n + 1)
    assert port(x) == n * (n + 1) * (2 * n + 1) // 6 + 2 * n * (n + 1)


def error(name: str, x: np.ndarray) -> float:
    """Of a float32 port, in ulps, against the exact sum of terms that float32 holds exactly."""
    with skipped_if_unavailable(name.split("_")[0]):
        total = load("polynomial_sum", name, dtype="float32")(x)
    exact = math.fsum((x.astype(float) + 2) ** 2 - 4)
    return abs(float(total) - exact) / float(np.spacing(np.float32(exact)))


def test_a_serial_sum_loses_digits_and_a_compensated_one_none():
    x = (np.random.default_rng(0).integers(-(2**9), 2**9, 2**20) / 2**6).astype(np.float32)
    assert error("numba_njit", x) > 100
    assert error("numpy_vectorised", x) < 4
    assert error("numba_compensated", x) <= 1


@each_dtype
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
def test_bad_input(dtype: str, x, message: str):
    assert_refused("polynomial_sum", dtype, (x,), message)
