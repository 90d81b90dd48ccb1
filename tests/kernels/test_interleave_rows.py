"""Interleaved rows: each row in its place, and what is refused."""

import numpy as np
import pytest
from portstudy import Port, load

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports

interleave_port = ports(cases("interleave_rows"))


def test_each_row_is_in_its_place(interleave_port: Port):
    first, second, third = inputs("interleave_rows", interleave_port.backend.dtype)
    result = interleave_port(first, second, third)
    for k, matrix in enumerate((first, second, third)):
        for i, row in enumerate(matrix):
            assert np.array_equal(result[3 * i + k], row), f"row {i} of matrix {k}"


def test_a_result_is_kept_when_the_port_is_called_again(interleave_port: Port):
    """Nothing that is returned, nor donated, is a buffer of the next call."""
    first, second, third = inputs("interleave_rows", interleave_port.backend.dtype)
    result = interleave_port(first, second, third)
    kept = result.copy()
    interleave_port(third, first, second)
    assert np.array_equal(result, kept)


@each_dtype
@pytest.mark.parametrize(
    ("argument", "spoilt", "message"),
    [
        (0, np.ones((37, 16)), "^first: dtype float64; allowed: integers$"),
        (1, np.full((37, 16), 128), r"^second: 128 at \[0, 0\] is not representable in int8$"),
        (1, np.ones((36, 16), int), r"^second: shape \(36, 16\) does not match \(rows=37, columns"),
        (2, np.ones((37, 15), int), r"^third: shape \(37, 15\) does not match \(rows=37, columns"),
        (2, np.ones(37, int), r"^third: shape \(37,\); allowed: \(rows, columns\)$"),
        (0, np.ones((0, 16), int), r"^first: shape \(0, 16\) is empty; allowed: lengths from 1$"),
    ],
)
def test_argument_is_refused(dtype: str, argument: int, spoilt, message: str):
    arguments = list(inputs("interleave_rows", dtype))
    arguments[argument] = spoilt
    assert_refused("interleave_rows", dtype, arguments, message)


@pytest.mark.parametrize(("name", "copies"), [("jax_jit_argument", 1), ("jax_jit_donate", 0)])
def test_a_buffer_that_is_not_donated_is_copied(name: str, copies: int):
    jax = pytest.importorskip("jax")
    port = load("interleave_rows", name)
    first, second, third = inputs("interleave_rows", "float64")
    result = np.zeros((3 * len(first), first.shape[1]), np.int8)
    fill = port.function.__globals__["fill"]
    with jax.default_device(jax.devices("cpu")[0]):
        compiled = fill.lower(result, first, second, third).compile().as_text()
    assert compiled.count(" copy(") == copies
