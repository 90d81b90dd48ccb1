"""Largest norms: a closed form, an oracle in another form, counts and what is refused."""

import numpy as np
import pytest
from portstudy import Port

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports

norms_port = ports(cases("top_norms"))


def test_norms_of_an_orthogonal_matrix_are_those_of_its_rows(norms_port: Port):
    """With orthogonal rows of length a_i the product is diagonal: its norms are a_i squared."""
    lengths = np.arange(1.0, 13.0)
    matrix = np.zeros((67, 12))
    matrix[:12] = np.diag(lengths)
    result = norms_port(np.roll(matrix, 31, axis=0), 9)
    assert result.tolist() == [144, 121, 100, 81, 64, 49, 36, 25, 16]


def test_equal_norms_are_all_returned(norms_port: Port):
    assert (
        norms_port(np.ones((67, 12)), 9).tolist()
        == [np.sqrt(67 * 144).astype(norms_port.backend.dtype)] * 9
    )


def test_against_singular_values(norms_port: Port):
    """With matrix = U S V^T the norm of a row is that of the row of U S^2."""
    matrix, count = inputs("top_norms", norms_port.backend.dtype, dyadic=False)
    u, s, _ = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)
    expected = np.sort(np.linalg.norm(u * s**2, axis=1))[: -count - 1 : -1]
    tolerance = 64 * np.finfo(matrix.dtype).eps
    assert np.allclose(norms_port(matrix, count), expected, rtol=tolerance, atol=0)


@each_dtype
@pytest.mark.parametrize(
    ("argument", "spoilt", "message"),
    [
        (0, np.ones(12), r"^matrix: shape \(12,\); allowed: \(rows, columns\)$"),
        (0, np.full((67, 12), np.nan), r"^matrix: nan at \[0, 0\] is not finite in float\d\d$"),
        (1, 0, "^count: 0; allowed: integers from 1 to 67$"),
        (1, 68, "^count: 68; allowed: integers from 1 to 67$"),
        (1, 9.0, r"^count: 9\.0; allowed: integers from 1"),
        (1, -1, "^count: -1; allowed: integers from 1"),
    ],
)
def test_argument_is_refused(dtype: str, argument: int, spoilt, message: str):
    arguments = list(inputs("top_norms", dtype))
    arguments[argument] = spoilt
    assert_refused("top_norms", dtype, arguments, message)
