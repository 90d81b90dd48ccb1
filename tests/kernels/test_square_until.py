"""Squaring: the closed form of the values and of their number of steps, bad input."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from portstudy import Port

from tests.conftest import assert_refused, cases, each_dtype, inputs, of_any_shape, ports

port = ports(cases("square_until"))
small_port = ports(of_any_shape(cases("square_until")))


def test_closed_form(port: Port):
    start, tolerance = inputs("square_until", port.backend.dtype, dyadic=False)
    x, count = port(start, tolerance)
    # largest^(2^count) <= tolerance largest
    largest = float(np.abs(start).max())
    steps = math.ceil(math.log2(math.log(float(tolerance) * largest) / math.log(largest)))
    assert count == steps
    expected = start.astype(np.float64) ** 2**steps
    np.testing.assert_allclose(x, expected, rtol=2**steps * np.finfo(start.dtype).eps)


def test_what_is_small_enough_is_left_alone(small_port: Port):
    x, count = small_port([0.5, -0.25], 1.0)
    assert x.tolist() == [0.5, -0.25]
    assert count == 0


BAD: list[tuple[int, Callable, str]] = [
    (0, lambda x: x[None], r"^x: shape \(1, 1000\); allowed: \(values\)$"),
    (0, lambda x: x * 2, r"^x: largest magnitude 1\.0; allowed: above 0 and below 1$"),
    (0, lambda x: x * 0, r"^x: largest magnitude 0\.0; allowed: above 0 and below 1$"),
    (0, lambda x: [0.5, np.nan], r"^x: nan at \[1\] is not finite in float"),
    (1, lambda t: 0.0, r"^tolerance: 0\.0 of 0\.5; allowed: above 0, and their product from \d"),
    (1, lambda t: -1.0, r"^tolerance: -1\.0 of 0\.5; allowed: above 0"),
    (1, lambda t: [0.5], r"^tolerance: shape \(1,\); allowed: \(\)$"),
]


@each_dtype
@pytest.mark.parametrize(("position", "spoil", "message"), BAD)
def test_argument_is_refused(dtype: str, position: int, spoil: Callable, message: str):
    arguments = list(inputs("square_until", dtype))
    arguments[position] = spoil(arguments[position])
    assert_refused("square_until", dtype, arguments, message)
