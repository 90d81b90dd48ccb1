"""Geometric decay: its closed form, no step at all, bad input."""

from collections.abc import Callable

import numpy as np
import pytest
from portstudy import Port

from tests.conftest import assert_refused, cases, each_dtype, inputs, of_any_shape, ports

port = ports(cases("geometric_decay"))
small_port = ports(of_any_shape(cases("geometric_decay")))


def test_closed_form(port: Port):
    x, rate, steps = inputs("geometric_decay", port.backend.dtype, dyadic=False)
    expected = x.astype(np.float64) * (1 - float(rate)) ** steps
    np.testing.assert_allclose(port(x, rate, steps), expected, rtol=32 * np.finfo(x.dtype).eps)


def test_no_step_and_no_rate_change_nothing(small_port: Port):
    x, rate, steps = inputs("geometric_decay", small_port.backend.dtype)
    assert (small_port(x, rate, 0) == x).all()
    assert (small_port(x, 0.0, steps) == x).all()
    assert (small_port(x, 1.0, steps) == 0).all()


BAD: list[tuple[int, Callable, str]] = [
    (0, lambda x: x[None], r"^x: shape \(1, 1000\); allowed: \(values\)$"),
    (0, lambda x: x[:0], r"^x: shape \(0,\) is empty; allowed: lengths from 1$"),
    (0, lambda x: [1.0, np.inf], r"^x: inf at \[1\] is not finite in float"),
    (1, lambda r: -0.5, r"^rate: -0\.5; allowed: from 0 to 1$"),
    (1, lambda r: 1.5, r"^rate: 1\.5; allowed: from 0 to 1$"),
    (1, lambda r: "0.1", "^rate: dtype <U3; allowed: real numbers$"),
    (2, lambda n: -1, "^steps: -1; allowed: integers from 0"),
    (2, lambda n: 2.5, r"^steps: 2\.5; allowed: integers from 0"),
]


@each_dtype
@pytest.mark.parametrize(("position", "spoil", "message"), BAD)
def test_argument_is_refused(dtype: str, position: int, spoil: Callable, message: str):
    arguments = list(inputs("geometric_decay", dtype))
    arguments[position] = spoil(arguments[position])
    assert_refused("geometric_decay", dtype, arguments, message)
