"""A loop in a loop: to the bit, against exact arithmetic; what is traced grows with the steps."""

from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest
from portstudy import Port, load
from portstudy.find import reference_of
from portstudy.proof import compare

from tests.conftest import (
    assert_refused,
    cases,
    each_dtype,
    inputs,
    of_any_shape,
    ports,
    skipped_if_unavailable,
)

port = ports(cases("nested_recurrence"))
small_port = ports(of_any_shape(cases("nested_recurrence")))
cpu_port = ports([case for case in cases("nested_recurrence") if case.device == "cpu"])


def test_to_the_bit_on_a_cpu(cpu_port: Port):
    arguments = inputs("nested_recurrence", cpu_port.backend.dtype)
    compare(cpu_port.kernel, reference_of(cpu_port)(*arguments), cpu_port(*arguments), bits=True)


def test_against_decimals_of_fifty_digits(port: Port):
    x, gain, rows, columns = inputs("nested_recurrence", port.backend.dtype)
    end = port(x, gain, rows, columns)
    for i in range(len(x)):
        with localcontext(prec=50):
            exact = Decimal(float(x[i]))
            for _ in range(rows):
                exact += exact
                for _ in range(columns):
                    exact += Decimal(float(gain)) / exact
        assert abs(float(end[i]) - float(exact)) <= 8 * np.spacing(end[i]), f"value {i}"


def test_square_grows_as_the_spec_says(port: Port):
    x, gain, rows, columns = inputs("nested_recurrence", port.backend.dtype)
    square = np.float64(port(x, gain, rows, columns)) ** 2
    start = np.float64(x) ** 2
    least = 4**rows * start + 2 * float(gain) * columns * (4**rows - 1) / 3
    assert (square > least).all()
    assert (square < 2 * least).all()


@pytest.mark.parametrize(("rows", "columns"), [(0, 0), (0, 8), (3, 0)])
def test_loops_that_are_not_gone_round(small_port: Port, rows: int, columns: int):
    x, gain, _, _ = inputs("nested_recurrence", small_port.backend.dtype)
    assert (small_port(x, gain, rows, columns) == 2**rows * x).all()


@pytest.mark.parametrize(
    ("name", "grows"), [("jax_jit", True), ("jax_fori", False), ("jax_scan", False)]
)
def test_what_is_traced_grows_with_the_steps_only_where_python_loops(name: str, grows: bool):
    with skipped_if_unavailable("jax"):
        port = load("nested_recurrence", name)
        import jax

    def equations(steps: int) -> int:
        x, gain, _, _ = inputs("nested_recurrence", "float32")
        lowered = jax.jit(port.function, static_argnums=(2, 3)).lower(x, gain, steps, steps)
        return lowered.as_text().count("stablehlo.divide")

    assert equations(4) == (16 if grows else 1)
    assert equations(8) == (64 if grows else 1)


BAD: list[tuple[int, Callable, str]] = [
    (0, lambda x: x[None], r"^x: shape \(1, 5\); allowed: \(values\)$"),
    (0, lambda x: x * 0, r"^x: 0\.0 at \[0\]; allowed: above 0$"),
    (0, lambda x: -x, r"^x: -\d+\.\d+ at \[0\]; allowed: above 0$"),
    (0, lambda x: [1.0, np.nan], r"^x: nan at \[1\] is not finite in float"),
    (1, lambda g: 0.0, r"^gain: 0\.0; allowed: above 0$"),
    (1, lambda g: -5, r"^gain: -5\.0; allowed: above 0$"),
    (2, lambda n: -1, "^rows: -1; allowed: integers from 0"),
    (2, lambda n: 1020, r"^rows: 1020, in which x could reach 2\*\*1025; allowed: below 2\*\*1"),
    (3, lambda n: 8.0, r"^columns: 8\.0; allowed: integers from 0"),
]


@each_dtype
@pytest.mark.parametrize(("position", "spoil", "message"), BAD)
def test_argument_is_refused(dtype: str, position: int, spoil: Callable, message: str):
    arguments = list(inputs("nested_recurrence", dtype))
    arguments[position] = spoil(arguments[position])
    assert_refused("nested_recurrence", dtype, arguments, message)


@pytest.mark.parametrize(
    ("dtype", "start", "reached"),
    [("float32", 1e-38, r"2\*\*137"), ("float64", 1e-310, r"2\*\*inf")],
)
def test_quotient_that_overflows_is_refused(dtype: str, start: float, reached: str):
    message = f"^rows: 8, in which x could reach {reached}; allowed"
    assert_refused("nested_recurrence", dtype, ([start], 5.0, 8, 8), message)
