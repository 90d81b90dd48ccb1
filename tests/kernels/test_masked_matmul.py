"""A mapped matrix times itself: its fixed points, both branches, and what it refuses."""

import numpy as np
import pytest
from portstudy import Port

from tests.conftest import assert_refused, cases, each_dtype, inputs, of_any_shape, ports

port = ports(cases("masked_matmul"))
small_port = ports(of_any_shape(cases("masked_matmul")))


def test_zeros_and_ones_are_mapped_to_themselves(port: Port):
    n = len(inputs("masked_matmul", port.backend.dtype)[0])  # of that shape: nothing compiles
    turn = np.roll(np.eye(n), 1, axis=1)
    assert (port(turn) == turn @ turn).all()
    assert (port(np.ones((n, n))) == n).all()


def test_both_branches_and_the_threshold_between_them(port: Port):
    n = len(inputs("masked_matmul", port.backend.dtype)[0])
    for entry, mapped in ((0.25, 0.5), (0.75, 0.5625), (2.0, 4.0), (0.0, 0.0)):
        assert (port(entry * np.eye(n)) == mapped**2 * np.eye(n)).all()
    # The threshold belongs to the square root; the next number above it does not.
    assert np.allclose(port(0.5 * np.eye(n)), 0.5 * np.eye(n), rtol=1e-6)
    above = np.nextafter(np.dtype(port.backend.dtype).type(0.5), 1)
    assert np.allclose(port(above * np.eye(n)), 0.0625 * np.eye(n), rtol=1e-6)


def test_rows_meet_columns(small_port: Port):
    assert small_port([[1.0, 0.25], [0.0, 1.5]]).tolist() == [[1, 0.5 + 0.5 * 2.25], [0, 2.25**2]]


@each_dtype
@pytest.mark.parametrize(
    ("m", "message"),
    [
        (np.ones((2, 3)), r"^m: shape \(2, 3\) does not match \(n=2, n=2\)$"),
        (np.ones(4), r"^m: shape \(4,\); allowed: \(n, n\)$"),
        ([[1.0, -0.25], [1.0, 1.0]], r"^m: -0\.25 at \[0, 1\]; allowed: from 0$"),
        ([[1.0, 1.0], [np.inf, 1.0]], r"^m: inf at \[1, 0\] is not finite in float\d\d$"),
    ],
)
def test_bad_input(dtype: str, m, message: str):
    assert_refused("masked_matmul", dtype, (m,), message)
