"""Per-example gradients: against differences of the loss, and what must hold of them exactly."""

import numpy as np
import pytest
from portstudy import Port, load
from scipy.special import logsumexp

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports

port = ports(cases("mlp_gradient"))


def losses(hidden, output, x, labels):
    """Of each example; of complex weights, too."""
    activity = np.tanh(x @ hidden[0] + hidden[1])
    scores = activity @ output[0] + output[1]
    largest = scores.real.max(axis=1, keepdims=True)
    total = np.log(np.exp(scores - largest).sum(axis=1)) + largest[:, 0]
    return total - scores[np.arange(len(labels)), labels]


def test_complex_step():
    """f(w + ih) = f(w) + ih f'(w): every weight and bias is moved, and nothing cancels."""
    hidden, output, x, labels = inputs("mlp_gradient", "float64")
    gradients = load("mlp_gradient", "numpy_by_hand")(hidden, output, x, labels)
    step = 1e-200
    for layer, values in enumerate((hidden, output)):
        for part, array in enumerate(values):
            for index in np.ndindex(array.shape):
                moved = [[a.astype(complex) for a in pair] for pair in (hidden, output)]
                moved[layer][part][index] += 1j * step
                slope = losses(moved[0], moved[1], x, labels).imag / step
                found = gradients[layer][part][(slice(None), *index)]
                assert np.allclose(slope, found, rtol=0, atol=1e-14), (layer, part, index)


def test_loss_is_that_of_scipy():
    """What the complex step differentiates is the cross-entropy."""
    hidden, output, x, labels = inputs("mlp_gradient", "float64")
    scores = np.tanh(x @ hidden.weights + hidden.bias) @ output.weights + output.bias
    expected = logsumexp(scores, axis=1) - scores[np.arange(len(labels)), labels]
    assert np.allclose(losses(hidden, output, x, labels), expected, rtol=1e-14)


def test_gradients_of_a_bias_add_up_to_nothing(port: Port):
    """Probabilities add up to 1, and 1 is taken from the label's: only that one is negative."""
    hidden, output, x, labels = inputs("mlp_gradient", port.backend.dtype)
    _, (_, error) = port(hidden, output, x, labels)
    assert np.allclose(error.sum(axis=1), 0, atol=4 * np.finfo(port.backend.dtype).eps)
    assert (error.argmin(axis=1) == labels).all()
    assert ((error < 0).sum(axis=1) == 1).all()


def test_is_stable_at_scores_of_ten_thousand(port: Port):
    """The class that is certain has a gradient of 0 where it is right, and of 1 where it is not."""
    hidden, output, x, labels = inputs("mlp_gradient", port.backend.dtype)
    certain = output._replace(bias=np.array([0, 0, 1e4, 0, 0]))
    _, (_, error) = port(hidden, certain, x, labels)
    expected = np.eye(5)[[2] * len(labels)] - np.eye(5)[labels]
    assert np.array_equal(error, expected)


@each_dtype
@pytest.mark.parametrize(
    ("index", "spoil", "message"),
    [
        (0, lambda h: h.weights, r"^hidden: ndarray; allowed: Layer\(weights, bias\)$"),
        (0, lambda h: (h[0], h[1][1:]), r"^hidden\.bias: .* does not match \(units=23\)$"),
        (1, lambda o: (o[0][1:], o[1]), r"^output\.weights: .* \(units=23, classes\)$"),
        (2, lambda x: x[:, 1:], r"^x: shape .* does not match \(examples=37, features=13\)$"),
        (2, lambda x: x * np.inf, r"^x: -?inf at \[0, 0\] is not finite in float\d\d$"),
        (3, lambda y: y[1:], r"^labels: shape \(36,\) does not match \(examples=37\)$"),
        (3, lambda y: y + 1, r"^labels: 5 at \[\d+\]; allowed: from 0 to 4$"),
        (3, lambda y: y - 1, r"^labels: -1 at \[\d+\]; allowed: from 0 to 4$"),
        (3, lambda y: y * 1.0, r"^labels: dtype float64; allowed: integers$"),
    ],
)
def test_bad_input(dtype: str, index: int, spoil, message: str):
    arguments = list(inputs("mlp_gradient", dtype))
    arguments[index] = spoil(arguments[index])
    assert_refused("mlp_gradient", dtype, arguments, message)
