"""Softmax regression: against closed forms and SciPy, and where exp overflows."""

import numpy as np
import pytest
from portstudy import Port, find_kernel
from scipy.special import log_softmax

from tests.conftest import assert_refused, cases, each_dtype, inputs, of_any_shape, ports

port = ports(cases("softmax_regression"))
small_port = ports(of_any_shape(cases("softmax_regression")))


def test_without_weights_classes_are_alike(small_port: Port):
    probabilities, loss = small_port(
        np.ones((6, 3)), np.zeros((3, 4)), np.full(4, 7.0), [0, 1, 2, 3, 0, 0]
    )
    assert np.allclose(probabilities, 0.25, rtol=1e-6)
    assert np.isclose(loss, np.log(4), rtol=1e-6)


def test_two_classes_are_the_logistic_function(small_port: Port):
    x = np.linspace(-5, 5, 11)
    probabilities, loss = small_port(x[:, None], [[0.0, 1.0]], [0.0, 0.0], [1] * 11)
    assert np.allclose(probabilities[:, 1], 1 / (1 + np.exp(-x)), rtol=1e-5)
    assert np.isclose(loss, np.mean(np.log1p(np.exp(-x))), rtol=1e-5)


def test_is_scipys(port: Port):
    x, weights, bias, labels = inputs("softmax_regression", port.backend.dtype)
    expected = log_softmax(x.astype(float) @ weights + bias, axis=1)
    probabilities, loss = port(x, weights, bias, labels)
    few = 1e3 * np.finfo(port.backend.dtype).eps
    assert np.allclose(probabilities[1:], np.exp(expected[1:]), rtol=few)
    assert np.isclose(loss, -expected[np.arange(len(labels)), labels].mean(), rtol=few)


@pytest.mark.parametrize("scale", [1e4, -1e4])
def test_is_stable_at_logits_of_ten_thousand(small_port: Port, scale: float):
    x = [[1.0], [1.0], [1.0]]
    probabilities, loss = small_port(x, [[scale, 0.0, scale]], np.zeros(3), [0, 1, 2])
    right, wrong = (np.log(2), 1e4 + np.log(2)) if scale > 0 else (1e4, 0)
    expected = [0.5, 0, 0.5] if scale > 0 else [0, 1, 0]
    assert (probabilities == np.array([expected] * 3)).all()
    assert np.isclose(loss, (2 * right + wrong) / 3, rtol=1e-6)


def test_a_constant_added_to_all_logits_changes_nothing(small_port: Port):
    x, weights, bias, labels = find_kernel("softmax_regression").make_inputs("check", "float32")
    x, weights, bias = (np.round(array * 64) / 64 for array in (x[1:], weights, bias))
    before = small_port(x, weights, bias, labels[1:])
    after = small_port(x, weights, bias + 64, labels[1:])
    for a, b in zip(before, after, strict=True):
        assert np.allclose(a, b, rtol=1e-4)


@each_dtype
@pytest.mark.parametrize(
    ("index", "value", "message"),
    [
        (
            1,
            np.ones((12, 5)),
            r"^weights: shape \(12, 5\) does not match \(features=13, classes\)$",
        ),
        (2, np.ones(4), r"^bias: shape \(4,\) does not match \(classes=5\)$"),
        (3, np.zeros(299, int), r"^labels: shape \(299,\) does not match \(points=300\)$"),
        (3, np.full(300, 5), r"^labels: 5 at \[0\]; allowed: from 0 to 4$"),
        (3, np.full(300, -1), r"^labels: -1 at \[0\]; allowed: from 0 to 4$"),
        (3, np.zeros(300), r"^labels: dtype float64; allowed: integers$"),
        (0, np.full((300, 13), np.nan), r"^x: nan at \[0, 0\] is not finite in float\d\d$"),
    ],
)
def test_bad_input(dtype: str, index: int, value, message: str):
    arguments = list(inputs("softmax_regression", dtype))
    arguments[index] = value
    assert_refused("softmax_regression", dtype, arguments, message)
