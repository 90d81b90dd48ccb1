"""A binary matrix times a vector: what each row selects, what is one program, what is refused."""

import re
from typing import Any

import numpy as np
import pytest
from portstudy import Port, load

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports, skipped_if_unavailable

matvec_port = ports(cases("binary_matvec"))


def test_a_row_selects_what_its_ones_stand_at(matvec_port: Port):
    matrix, vector = inputs("binary_matvec", matvec_port.backend.dtype)
    result = matvec_port(matrix, vector)
    for i, row in enumerate(matrix):
        assert result[i] == sum(float(v) for v, one in zip(vector, row, strict=True) if one)
    assert result[0] == 0
    assert result[-1] == vector.sum()


def test_the_identity_gives_the_vector(matvec_port: Port):
    matrix, _ = inputs("binary_matvec", matvec_port.backend.dtype)  # of that shape: none compiles
    rows, columns = matrix.shape
    vector = np.linspace(-3, 7, columns).astype(matvec_port.backend.dtype)
    repeated = np.resize(np.eye(columns, dtype=np.int8), (rows, columns))
    assert (matvec_port(repeated, vector) == np.resize(vector, rows)).all()


def traced(name: str, dtype: str) -> str:
    """What JAX makes of a port: its jaxpr."""
    with skipped_if_unavailable("jax"):
        port = load("binary_matvec", name, dtype=dtype)
    import jax

    arguments = port.put(port.check(*inputs("binary_matvec", dtype)))
    return str(port.backend.call(jax.make_jaxpr(port.function), arguments))


def compiled(name: str, dtype: str) -> list[str]:
    """What XLA makes of it: its instructions, without names and the lines that they come from."""
    with skipped_if_unavailable("jax"):
        port = load("binary_matvec", name, dtype=dtype)
    arguments = port.put(port.check(*inputs("binary_matvec", dtype)))
    function: Any = port.function
    program = port.backend.call(function.lower, arguments).compile().as_text()
    instructions = [line for line in program.splitlines() if " = " in line]
    return [re.sub(r"%[\w.]+|metadata={.*?}", "", line) for line in instructions]


@each_dtype
def test_at_matmul_and_einsum_are_one_program_to_jax(dtype: str):
    at = traced("jax_jit", dtype)
    assert "dot_general" in at
    assert at == traced("jax_matmul", dtype) == traced("jax_einsum", dtype)
    assert at != traced("jax_cast", dtype), "a conversion more, which XLA would add itself:"


@each_dtype
def test_a_cast_written_out_is_the_same_program_to_xla(dtype: str):
    at = compiled("jax_jit", dtype)
    assert any("convert(" in line for line in at)
    assert any("dot(" in line for line in at)
    for name in ("jax_matmul", "jax_einsum", "jax_cast"):
        assert compiled(name, dtype) == at
    assert compiled("jax_where", dtype) != at


@each_dtype
@pytest.mark.parametrize(
    ("argument", "spoilt", "message"),
    [
        (0, np.full((53, 24), 2), r"^matrix: 2 at \[0, 0\]; allowed: from 0 to 1$"),
        (0, -np.eye(53, 24, 1, int), r"^matrix: -1 at \[0, 1\]; allowed: from 0 to 1$"),
        (0, np.full((53, 24), 256), r"^matrix: 256 at \[0, 0\] is not representable in int8$"),
        (0, np.ones((53, 24)), "^matrix: dtype float64; allowed: integers$"),
        (0, np.ones(24, int), r"^matrix: shape \(24,\); allowed: \(rows, columns\)$"),
        (1, np.ones(23), r"^vector: shape \(23,\) does not match \(columns=24\)$"),
        (1, np.full(24, np.nan), r"^vector: nan at \[0\] is not finite in float\d\d$"),
        (1, np.ones((24, 1)), r"^vector: shape \(24, 1\); allowed: \(columns\)$"),
    ],
)
def test_argument_is_refused(dtype: str, argument: int, spoilt, message: str):
    arguments = list(inputs("binary_matvec", dtype))
    arguments[argument] = spoilt
    assert_refused("binary_matvec", dtype, arguments, message)
