"""The squared distance: against exact sums, and what each way of adding loses."""

import math

import numpy as np
import pytest
from portstudy import Port, find_kernel, load

from tests.conftest import (
    assert_refused,
    cases,
    each_dtype,
    of_any_shape,
    ports,
    skipped_if_unavailable,
)

port = ports(cases("squared_distance"))
small_port = ports(of_any_shape(cases("squared_distance")))


def error(name: str, a: np.ndarray, b: np.ndarray) -> float:
    """Of a float32 port, in ulps, against the exact sum of the squares as float32 rounds them."""
    with skipped_if_unavailable(name.split("_")[0]):
        distance = load("squared_distance", name, dtype="float32")(a, b)
    exact = math.fsum((a.astype(float) - b) ** 2)
    return abs(float(distance) - exact) / float(np.spacing(np.float32(exact)))


def test_pythagoras(small_port: Port):
    assert small_port([1.0, 2.0, 3.0], [4.0, 6.0, 3.0]) == 25


def test_is_symmetric_and_zero_for_the_same_vector(port: Port):
    a, b = find_kernel("squared_distance").make_inputs("check", port.backend.dtype)
    assert port(a, b) == port(b, a) > 0
    assert port(a, a) == 0


def test_a_serial_sum_loses_three_digits_and_a_compensated_one_none():
    """A million float32 squares: one after the other, in pairs, with compensation."""
    rng = np.random.default_rng(0)
    a, b = (rng.integers(0, 2**10, (2, 2**20)) / 2**10).astype(np.float32)  # exact differences
    assert error("numba_njit", a, b) > 1000
    assert error("numpy_vectorised", a, b) < 4
    assert error("numba_compensated", a, b) <= 1
    assert error("jax_compensated", a, b) <= 1


@each_dtype
@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1.0, 2.0], [1.0], r"^b: shape \(1,\) does not match \(entries=2\)$"),
        ([[1.0]], [1.0], r"^a: shape \(1, 1\); allowed: \(entries\)$"),
        ([], [], r"^a: shape \(0,\) is empty; allowed: lengths from 1$"),
        ([1.0, np.nan], [1.0, 2.0], r"^a: nan at \[1\] is not finite in float\d\d$"),
        ([1.0], [1j], r"^b: dtype complex128; allowed: real numbers$"),
    ],
)
def test_bad_input(dtype: str, a, b, message: str):
    assert_refused("squared_distance", dtype, (a, b), message)
