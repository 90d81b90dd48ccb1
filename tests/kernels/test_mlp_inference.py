"""Two layers: functions that a network of known weights must compute, and what it refuses."""

import numpy as np
import pytest
from portstudy import Port
from portstudy.implementations.mlp_inference.spec import Layer

from tests.conftest import assert_refused, cases, each_dtype, inputs, of_any_shape, ports

port = ports(cases("mlp_inference"))
small_port = ports(of_any_shape(cases("mlp_inference")))


def test_two_units_compute_the_absolute_value(small_port: Port):
    hidden = Layer([[1.0, -1.0]], [0.0, 0.0])
    output = Layer([[1.0], [1.0]], [0.0])
    x = np.linspace(-4, 4, 17)
    assert (small_port(x[:, None], hidden, output)[:, 0] == abs(x)).all()


def test_two_units_compute_exclusive_or(small_port: Port):
    """Goodfellow et al., Deep Learning, section 6.1."""
    hidden = Layer([[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0])
    output = Layer([[1.0], [-2.0]], [0.0])
    x = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    assert small_port(x, hidden, output).tolist() == [[0], [1], [1], [0]]


def test_an_example_does_not_depend_on_its_batch(small_port: Port):
    x, hidden, output = inputs("mlp_inference", small_port.backend.dtype)
    assert (small_port(x, hidden, output)[:1] == small_port(x[:1], hidden, output)).all()


@each_dtype
@pytest.mark.parametrize(
    ("index", "spoil", "message"),
    [
        (
            0,
            lambda x: x[:, 1:],
            r"^hidden\.weights: shape .* does not match \(features=28, units\)",
        ),
        (0, lambda x: x[0], r"^x: shape \(29,\); allowed: \(examples, features\)$"),
        (0, lambda x: x * np.nan, r"^x: nan at \[0, 0\] is not finite in float\d\d$"),
        (1, lambda h: (h.weights, h.bias[1:]), r"^hidden\.bias: .* does not match \(units=23\)$"),
        (1, lambda h: h.weights, r"^hidden: ndarray; allowed: Layer\(weights, bias\)$"),
        (2, lambda o: (o.weights[1:], o.bias), r"^output\.weights: .* \(units=23, outputs\)$"),
        (2, lambda o: (o.weights,), r"^output: tuple; allowed: Layer\(weights, bias\)$"),
    ],
)
def test_bad_input(dtype: str, index: int, spoil, message: str):
    arguments = list(inputs("mlp_inference", dtype))
    arguments[index] = spoil(arguments[index])
    assert_refused("mlp_inference", dtype, arguments, message)
