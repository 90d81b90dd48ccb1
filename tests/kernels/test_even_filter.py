"""Even numbers: any length of the result, from none to all, and what is refused."""

import numpy as np
import pytest
from portstudy import Port

from tests.conftest import assert_refused, cases, each_dtype, ports

even_port = ports(cases("even_filter"))

LIMITS = np.iinfo(np.int32)


@pytest.mark.parametrize("how", ["none", "all", "first", "last"])
def test_any_number_of_them_may_be_even(even_port: Port, how: str):
    values = 2 * np.arange(-101, 102) + 1  # as many as in size `check`: nothing compiles anew
    if how == "all":
        values -= 1
    if how in ("first", "last"):
        values[0 if how == "first" else -1] = 0
    evens = even_port(values)
    assert evens.dtype == np.int32
    assert evens.tolist() == [int(value) for value in values if int(value) % 2 == 0]


def test_order_and_repeats_are_kept(even_port: Port):
    values = np.resize([4, 4, 1, -2, 0, LIMITS.min, LIMITS.max, 0, 3, -2], 203)
    assert even_port(values).tolist() == [v for v in values.tolist() if v % 2 == 0]


@each_dtype
@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.arange(4.0), "^values: dtype float64; allowed: integers$"),
        (np.array([0, 2**31]), r"^values: 2147483648 at \[1\] is not representable in int32$"),
        (np.ones((2, 2), int), r"^values: shape \(2, 2\); allowed: \(numbers\)$"),
        (np.ones(0, int), r"^values: shape \(0,\) is empty; allowed: lengths from 1$"),
        ([[1], [2, 3]], r"^values: not an array \(.*inhomogeneous"),
    ],
)
def test_values_are_refused(dtype: str, values, message: str):
    assert_refused("even_filter", dtype, (values,), message)
