"""Contractions: each result written out as sums, the trace's closed form, what is refused."""

import numpy as np
import pytest
from portstudy import Port

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports

contractions_port = ports(cases("contractions"))


def test_each_result_is_its_sum(contractions_port: Port):
    """Written out with broadcasting alone, which none of the ports uses. Dyadic: to the bit."""
    x, y, a, b, lefts, rights = inputs("contractions", contractions_port.backend.dtype)
    terms = a[:, :, None] * b[None, :, :]  # i, j, k
    expected = {
        "dot": (x * y).sum(),
        "outer": x[:, None] * y[None, :],
        "hadamard": x * y,
        "product": terms.sum(1),
        "row_sums": terms.sum((1, 2)),
        "column_sums": terms.sum((0, 1)),
        "batched": (lefts[:, :, :, None] * rights[:, None, :, :]).sum(2),
        "trace": sum(terms[i, :, i].sum() for i in range(len(x))),
        "diagonal": np.array([terms[i, :, i].sum() for i in range(len(x))]),
        "transposed": np.moveaxis(a, 0, 1),
        "chain": (terms * y).sum((1, 2)),
    }
    results = contractions_port(x, y, a, b, lefts, rights)
    assert list(results._fields) == list(expected)
    for name, result in results._asdict().items():
        assert np.array_equal(result, expected[name]), name


def test_trace_is_not_the_sum_of_all_entries(contractions_port: Port):
    """The trace of a b is that of b a; the sum of its entries is that of its row sums."""
    x, y, a, b, lefts, rights = inputs("contractions", contractions_port.backend.dtype)
    results = contractions_port(x, y, a, b, lefts, rights)
    assert results.trace == np.trace(b @ a) == results.diagonal.sum()
    assert results.row_sums.sum() == results.column_sums.sum() == results.product.sum()
    assert results.trace != results.product.sum()


@each_dtype
@pytest.mark.parametrize(
    ("argument", "spoilt", "message"),
    [
        (0, np.ones((12, 1)), r"^x: shape \(12, 1\); allowed: \(n\)$"),
        (1, np.ones(11), r"^y: shape \(11,\) does not match \(n=12\)$"),
        (2, np.ones((5, 12)), r"^a: shape \(5, 12\) does not match \(n=12, m\)$"),
        (3, np.ones((4, 12)), r"^b: shape \(4, 12\) does not match \(m=5, n=12\)$"),
        (4, np.ones((12, 5)), r"^lefts: shape \(12, 5\); allowed: \(batch, n, m\)$"),
        (5, np.ones((2, 5, 12)), r"^rights: .* does not match \(batch=3, m=5, n=12\)$"),
        (3, np.full((5, 12), np.nan), r"^b: nan at \[0, 0\] is not finite in float\d\d$"),
    ],
)
def test_argument_is_refused(dtype: str, argument: int, spoilt, message: str):
    arguments = list(inputs("contractions", dtype))
    arguments[argument] = spoilt
    assert_refused("contractions", dtype, arguments, message)
