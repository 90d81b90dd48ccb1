"""Prefix scans: sums and products known in closed form, bad input."""

from collections.abc import Callable

import numpy as np
import pytest
from portstudy import Port

from tests.conftest import assert_refused, cases, each_dtype, inputs, of_any_shape, ports

port = ports(cases("prefix_scan"))
small_port = ports(of_any_shape(cases("prefix_scan")))


def test_triangular_numbers_and_factorials(small_port: Port):
    total, product = small_port(np.arange(1, 11), np.arange(1, 11))
    assert total.tolist() == [1, 3, 6, 10, 15, 21, 28, 36, 45, 55]
    assert product.tolist() == [1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800]


def test_a_single_row_is_itself(small_port: Port):
    total, product = small_port([2.5], [-3.0])
    assert total.tolist() == [2.5]
    assert product.tolist() == [-3.0]


BAD: list[tuple[int, Callable, str]] = [
    (0, lambda t: t[1:], r"^factors: shape \(1000,\) does not match \(rows=999\)$"),
    (0, lambda t: t[:0], r"^terms: shape \(0,\) is empty; allowed: lengths from 1$"),
    (0, lambda t: t[None], r"^terms: shape \(1, 1000\); allowed: \(rows\)$"),
    (1, lambda f: f.astype(complex), "^factors: dtype complex128; allowed: real numbers$"),
    (1, lambda f: np.where(f == f[7], np.nan, f), r"^factors: nan at \[\d+\] is not finite in"),
]


@each_dtype
@pytest.mark.parametrize(("position", "spoil", "message"), BAD)
def test_argument_is_refused(dtype: str, position: int, spoil: Callable, message: str):
    arguments = list(inputs("prefix_scan", dtype))
    arguments[position] = spoil(arguments[position])
    assert_refused("prefix_scan", dtype, arguments, message)
