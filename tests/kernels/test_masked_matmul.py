"""A mapped matrix times itself: its fixed points, both branches, and what it refuses."""

import numpy as np
import pytest
from portstudy import InvalidInput, Port

from tests.conftest import cases, ports

port = ports(cases("masked_matmul"))


def test_zeros_and_ones_are_mapped_to_themselves(port: Port):
    swap = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert (port(swap) == np.eye(2)).all()
    assert (port(np.ones((5, 5))) == 5).all()


def test_both_branches_and_the_threshold_between_them(port: Port):
    for entry, mapped in ((0.25, 0.5), (0.75, 0.5625), (2.0, 4.0), (0.0, 0.0)):
        assert port([[entry]]) == mapped**2
    # The threshold belongs to the square root; the next number above it does not.
    assert np.isclose(port([[0.5]]), 0.5, rtol=1e-6)
    above = np.nextafter(np.dtype(port.backend.dtype).type(0.5), 1)
    assert np.isclose(port([[above]]), 0.0625, rtol=1e-6)


def test_rows_meet_columns(port: Port):
    assert port([[1.0, 0.25], [0.0, 1.5]]).tolist() == [[1, 0.5 + 0.5 * 2.25], [0, 2.25**2]]


@pytest.mark.parametrize(
    ("m", "message"),
    [
        (np.ones((2, 3)), r"^m: shape \(2, 3\) does not match \(n=2, n=2\)$"),
        (np.ones(4), r"^m: shape \(4,\); allowed: \(n, n\)$"),
        ([[1.0, -0.25], [1.0, 1.0]], r"^m: -0\.25 at \[0, 1\]; allowed: from 0$"),
        ([[1.0, 1.0], [np.inf, 1.0]], r"^m: inf at \[1, 0\] is not finite in float\d\d$"),
    ],
)
def test_bad_input(port: Port, m, message: str):
    compiled = port.backend.compiled()
    with pytest.raises(InvalidInput, match=message):
        port(m)
    assert port.backend.compiled() == compiled
