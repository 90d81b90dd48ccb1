"""Training through time: what the gradient is a derivative of, the surrogates, what is refused."""

import math

import numpy as np
import pytest
from portstudy import Port, load
from portstudy.implementations.lif_gradient.spec import ARCTAN, BOXCAR, FAST_SIGMOID, Parameters
from portstudy.proof import prove_accuracy

from tests.conftest import assert_refused, cases, inputs, ports

double_port = ports(cases("lif_gradient", dtypes=("float64",)))

# What each surrogate is the derivative of: a step that is smooth.
SMOOTH = {
    FAST_SIGMOID: lambda u, k: u / (1 + k * abs(u)),
    ARCTAN: lambda u, k: np.arctan(math.pi / 2 * k * u) / math.pi,
    BOXCAR: lambda u, k: np.clip(k * u, -0.5, 0.5),
}
each_surrogate = pytest.mark.parametrize("surrogate", SMOOTH)


@pytest.fixture(scope="module")
def reference() -> Port:
    return load("lif_gradient", "numpy_by_hand")


@each_surrogate
def test_gradient_is_the_slope_of_the_smooth_relaxation(reference: Port, surrogate):
    """By central differences: the step made smooth, the reset and the error held."""
    x, weights, drive, target, parameters, _ = inputs("lif_gradient", "float64", dyadic=False)
    decay, threshold, slope = parameters
    spikes, _, gradient = reference(x, weights, drive, target, parameters, surrogate)
    error = spikes.sum(axis=0) - target

    def relaxed(weights, drive):
        voltage, total = np.zeros_like(target), 0.0
        for step, held in zip(x, spikes, strict=True):
            voltage = decay * voltage + step @ weights + drive
            total += np.sum(error * SMOOTH[surrogate](voltage - threshold, slope))
            voltage = voltage * ~held
        return total

    rng, h = np.random.default_rng(1), 1e-6
    by_weights, by_drive = rng.normal(size=weights.shape), rng.normal(size=drive.shape)
    for a, b in ((by_weights, 0 * drive), (0 * weights, by_drive)):
        rise = relaxed(weights + h * a, drive + h * b) - relaxed(weights - h * a, drive - h * b)
        expected = np.sum(gradient.weights * a) + np.sum(gradient.drive * b)
        assert rise / (2 * h) == pytest.approx(expected, rel=1e-6)


@each_surrogate
def test_surrogate_is_its_formula(reference: Port, surrogate):
    """One step, one input, a neuron for each potential; the error of each is 1."""
    u, k, threshold = np.array([-3, -0.51 / 2, -0.49 / 2, -0.1, 0, 0.1, 0.49 / 2, 1, 7]), 2.0, 1.1
    parameters = Parameters(decay=0.5, threshold=threshold, slope=k)
    target = (u > 0) - 1.0
    weights = [u + threshold]
    _, _, gradient = reference([[[1.0]]], weights, 0 * u, [target], parameters, surrogate)
    expected = {
        FAST_SIGMOID: [1 / (1 + k * abs(x)) ** 2 for x in u],
        ARCTAN: [k / 2 / (1 + (math.pi * k * x / 2) ** 2) for x in u],
        BOXCAR: [0, 0, k, k, k, k, k, 0, 0],
    }
    assert gradient.drive == pytest.approx(expected[surrogate], rel=1e-12)
    assert gradient.weights[0] == pytest.approx(expected[surrogate], rel=1e-12)


def test_no_surrogate_changes_the_spikes(double_port: Port):
    """And that which neither the general inputs nor the dyadic ones have is accurate too."""
    *given, _ = inputs("lif_gradient", "float64", dyadic=False)
    prove_accuracy(double_port, (*given, ARCTAN))
    spikes, loss, by_fast_sigmoid = double_port(*given, FAST_SIGMOID)
    same_spikes, same_loss, by_arctan = double_port(*given, ARCTAN)
    assert (same_spikes == spikes).all()
    assert same_loss == loss
    assert not np.allclose(by_arctan.weights, by_fast_sigmoid.weights)


def test_currents_need_not_be_0_and_1(double_port: Port):
    x, *given = inputs("lif_gradient", "float64", dyadic=False)
    prove_accuracy(double_port, (x * np.random.default_rng(2).uniform(-1, 2, x.shape), *given))


def test_constant_drive_fires_as_often_as_the_closed_form_says(reference: Port):
    """U after n steps from a reset is drive (1 - decay^n) / (1 - decay)."""
    decay, steps, drive = 0.9, 200, np.linspace(0.05, 1.5, 40)
    x, weights, target = np.zeros((steps, 1, 1)), np.zeros((1, 40)), np.zeros((1, 40))
    spikes, loss, _ = reference(x, weights, drive, target, Parameters(decay, 1.0, 1.0), BOXCAR)
    largest = drive / (1 - decay)  # what U tends to
    with np.errstate(divide="ignore"):  # the period of those who never fire is infinite
        period = np.ceil(np.log(1 - 1 / np.maximum(largest, 1)) / np.log(decay))
    count = steps // period
    assert (spikes[:, 0].sum(axis=0) == count).all()
    assert loss == (count**2).sum() / 2


def test_the_layer_learns(reference: Port):
    x, weights, drive, target, *given = inputs("lif_gradient", "float64", dyadic=False)
    losses = []
    for _ in range(30):
        _, loss, gradient = reference(x, weights, drive, target, *given)
        losses.append(loss)
        weights, drive = weights - 0.003 * gradient.weights, drive - 0.0003 * gradient.drive
    assert losses[-1] < losses[0] / 10


X, WEIGHTS, DRIVE, TARGET, PARAMETERS, SURROGATE = range(6)


@pytest.mark.parametrize(
    ("index", "spoil", "message"),
    [
        (X, lambda x: x[0], r"^x: shape \(3, 60\); allowed: \(steps, examples, inputs\)$"),
        (X, lambda x: x[:, :, 1:], r"^weights: .* does not match \(inputs=59, neurons\)$"),
        (X, lambda x: x[:0], r"^x: shape \(0, 3, 60\) is empty; allowed: lengths from 1$"),
        (X, lambda x: x * np.nan, r"^x: nan at \[0, 0, 0\] is not finite in float32$"),
        (WEIGHTS, lambda w: w.T, r"^weights: .* does not match \(inputs=60, neurons\)$"),
        (DRIVE, lambda d: d[1:], r"^drive: shape \(269,\) does not match \(neurons=270\)$"),
        (TARGET, lambda t: t[0], r"^target: shape \(270,\); allowed: \(examples, neurons\)$"),
        (TARGET, lambda t: t[1:], r"^target: .* does not match \(examples=3, neurons=270\)$"),
        (PARAMETERS, lambda p: p[:2], r"^parameters: tuple; allowed: Parameters\(decay, thr"),
        (PARAMETERS, lambda p: p._replace(decay=1.5), r"^parameters\.decay: 1\.5; allowed: from 0"),
        (PARAMETERS, lambda p: p._replace(threshold=0), r"\.threshold: 0\.0; allowed: above 0$"),
        (
            PARAMETERS,
            lambda p: p._replace(slope=-1),
            r"^parameters\.slope: -1\.0; allowed: above 0",
        ),
        (SURROGATE, lambda s: 3, r"^surrogate: 3; allowed: 0, 1, 2$"),
        (SURROGATE, lambda s: 1.0, r"^surrogate: 1\.0; allowed: 0, 1, 2$"),
        (SURROGATE, lambda s: "arctan", r"^surrogate: 'arctan'; allowed: 0, 1, 2$"),
        (SURROGATE, lambda s: True, r"^surrogate: True; allowed: 0, 1, 2$"),
        (SURROGATE, lambda s: None, r"^surrogate: None; allowed: 0, 1, 2$"),
    ],
)
def test_bad_input(index: int, spoil, message: str):
    arguments = list(inputs("lif_gradient", "float32"))
    arguments[index] = spoil(arguments[index])
    assert_refused("lif_gradient", "float32", arguments, message)
