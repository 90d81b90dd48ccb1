"""A layer of leaky integrate-and-fire (LIF) neurons: a loss of its spikes, and its gradient.

The neurons are those of implementations/lif/spec.py, in the units in which they are trained:
potentials are relative to v_reset, currents are what they add to U in a step, and decay is
1 - dt / tau (E. O. Neftci, H. Mostafa and F. Zenke, IEEE Signal Processing Magazine 36(6), 2019;
J. K. Eshraghian et al., Proceedings of the IEEE 111(9), 2023). The neurons are not connected, and
input that arrives during a reset is not lost. Forward, with U and S zero before the first step:

    I[t] = x[t] @ weights + drive
    U[t] = decay (1 - S[t - 1]) U[t - 1] + I[t]      reset to zero by the spike of the step before
    S[t] = 1 where U[t] > threshold, 0 elsewhere
    loss = 1/2 sum over examples and neurons of (sum over t of S[t] - target)^2

The derivative of the step S(U) is 0 or infinite. Backpropagation through time therefore replaces it
by a surrogate sigma', in the backward pass only: the spikes stay what they are. The reset is held
constant: no gradient flows through the S in U. (If a reset by subtraction were held constant, the
gradient of a step would reach all steps before it. A reset to zero ends it at the spike before, as
it ends U's memory.) So, with G = dloss / dI, zero after the last step:

    error = sum over t of S[t] - target
    G[t] = error sigma'(U[t] - threshold) + decay (1 - S[t]) G[t + 1]
    dloss / dweights = sum over t of x[t]^T @ G[t],    dloss / ddrive = sum over t, examples of G[t]

`surrogate` chooses sigma'(u), with u = U - threshold and k = parameters.slope:

    0  FAST_SIGMOID  1 / (1 + k |u|)^2               F. Zenke and S. Ganguli, Neural Comp. 30, 2018
    1  ARCTAN        (k / 2) / (1 + (pi k u / 2)^2)  W. Fang et al., ICCV 2021
    2  BOXCAR        k where k |u| < 1/2, else 0     Y. Wu et al., Front. Neurosci. 12, 2018

Shapes: x (steps, examples, inputs), spikes as 0 and 1 or any currents; weights (inputs, neurons),
drive (neurons,), target (examples, neurons), the number of spikes wanted. Returned: spikes (steps,
examples, neurons) as booleans, loss, and its Gradient. No units.

Peers: snnTorch's Leaky has this reset (`reset_mechanism="zero"`) and, as here, fires only above the
threshold, where `lif` also fires at it. Left out: spyx, whose LIF resets by subtraction, through
which the gradient flows; norse, which has neither an arctan nor a boxcar among its surrogates; a
Python loop that JAX differentiates as it runs, which takes some 20 times as long as `jax_scan`.
"""

from typing import Any, NamedTuple

import numpy as np
from portstudy import Array, Choice, Exact, Kernel, Scalar, Ulps, Work, fits, moved

FAST_SIGMOID, ARCTAN, BOXCAR = range(3)

VOLLEY = 8
"""Steps from one volley to the next: see make_dyadic."""


class Parameters(NamedTuple):
    """The same for all neurons."""

    decay: Any  # of U in a step, 0 to 1
    threshold: Any  # of U, above which a neuron fires
    slope: Any  # k: how steep the surrogate is


class Gradient(NamedTuple):
    """Of the loss."""

    weights: Any  # (inputs, neurons)
    drive: Any  # (neurons,)


GENERAL = Parameters(decay=0.9, threshold=1.1, slope=1.7)
DYADIC = Parameters(decay=0.5, threshold=1.0, slope=1.0)

RATE = 1 / 16
"""Spikes that an input sends in a step, on average."""


def make_inputs(
    rng: np.random.Generator,
    *,
    steps: int,
    examples: int,
    inputs: int,
    neurons: int,
    surrogate: int = FAST_SIGMOID,
) -> tuple:
    """General inputs: potentials that wander around the threshold."""
    x = rng.random((steps, examples, inputs)) < RATE
    weights = rng.normal(size=(inputs, neurons)) * 0.3 / np.sqrt(RATE * inputs)
    drive = rng.uniform(0.08, 0.2, neurons)
    target = rng.integers(0, steps // 3, (examples, neurons)).astype(float)
    return x.astype(float), weights, drive, target, GENERAL, surrogate


def make_dyadic(
    rng: np.random.Generator,
    *,
    steps: int,
    examples: int,
    inputs: int,
    neurons: int,
    surrogate: int = BOXCAR,
) -> tuple:
    """Inputs on which every port must agree to the last bit, in float32 and in float64.

    Currents are multiples of 1/64, the decay is 1/2, the surrogate a boxcar of height 1, errors are
    integers. But each step back in time halves the grain of G, and no sum over hundreds of steps
    would be exact. So the first input fires alone in every 8th step, a volley that makes all
    neurons fire, where the gradient ends. Then U is a multiple of 2**-13 and G one of 2**-7. The
    targets are within 4 spikes of what the layer does, so G is at most 8, and sums of up to 2**14
    terms are exact in float32.

    In the first step nothing comes in. So the first neuron and the last are then exactly at
    threshold, where they must not fire, and their neighbours at the edge of the boxcar, which
    counts as outside. Another surrogate's heights would be no such numbers, so it is a boxcar's.
    """
    x = rng.random((steps, examples, inputs)) < RATE
    weights = np.round(rng.normal(size=(inputs, neurons)) * 64 * 0.35 / np.sqrt(RATE * inputs)) / 64
    x[:, :, 0] = False
    x[0] = False
    x[VOLLEY - 1 :: VOLLEY, :, 0] = True
    weights[0] = 8.0
    drive = np.round(rng.uniform(0.25, 0.5, neurons) * 64) / 64
    drive[:1] = drive[-1:] = DYADIC.threshold
    drive[1:2] = drive[-2:-1] = DYADIC.threshold - 0.5 / DYADIC.slope
    x = x.astype(float)
    target = count_spikes(x, weights, drive, DYADIC) + rng.integers(-4, 5, (examples, neurons))
    return x, weights, drive, target, DYADIC, BOXCAR


def count_spikes(
    x: np.ndarray, weights: np.ndarray, drive: np.ndarray, parameters: Parameters
) -> np.ndarray:
    """Spikes of each neuron (examples, neurons): the model, forward."""
    count = voltage = np.zeros((x.shape[1], len(drive)))
    for spikes in x:
        voltage = parameters.decay * voltage + (spikes @ weights + drive)
        fired = voltage > parameters.threshold
        voltage = np.where(fired, 0, voltage)
        count = count + fired
    return count


def check(x: np.ndarray, weights: np.ndarray, drive: np.ndarray, *others: Any) -> None:
    """Currents that fit into memory."""
    fits("x: currents of (steps, examples, neurons)", (*x.shape[:2], len(drive)), x.itemsize)


def alive(arguments: tuple, outputs: tuple) -> None:
    """A layer that is silent, always fires or has nothing to learn would prove nothing."""
    _, _, _, target, _, _ = arguments
    spikes, _, gradient = outputs
    rate = spikes.mean()
    assert 0.02 < rate < 0.6, f"{rate:.1%} of the neurons fire in a step; plausible: 2 % to 60 %"
    error = spikes.sum(axis=0) - target
    assert (error > 0).any(), "no neuron fires too often"
    assert (error < 0).any(), "no neuron fires too rarely"
    for name, values in gradient._asdict().items():
        some = (values != 0).mean()
        assert some > 0.5, f"only {some:.0%} of the gradient by {name} are not zero"


def work(arguments: tuple, outputs: tuple) -> Work:
    """A row of weights is added for each spike that comes in, forward; a row of G, backward.

    And for each neuron and step: three operations forward, four backward and two more for the
    drive's sum and for the count. That the potentials are kept in between is not counted.
    """
    x, weights, drive, target, _, _ = arguments
    spikes, _, gradient = outputs
    return Work(
        (moved(x, weights, drive, target, spikes, gradient),),
        operations=2 * int(np.count_nonzero(x)) * len(drive) + 9 * spikes.size,
    )


lif_gradient = Kernel(
    arguments={
        "x": Array("steps", "examples", "inputs"),
        "weights": Array("inputs", "neurons"),
        "drive": Array("neurons"),
        "target": Array("examples", "neurons"),
        "parameters": Parameters(
            decay=Scalar(at_least=0, at_most=1), threshold=Scalar(above=0), slope=Scalar(above=0)
        ),
        "surrogate": Choice(FAST_SIGMOID, ARCTAN, BOXCAR),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={
        "spikes": Exact("step", "example", "neuron"),
        "loss": Ulps(8),
        "gradient": Gradient(
            # Sums over steps and examples, of few terms of some 2.5 and of many, that cancel.
            weights=Ulps(16, "input", "neuron", floor=8.0),
            drive=Ulps(16, "neuron", floor=64.0),
        ),
    },
    sizes={
        "large": dict(steps=500, examples=16, inputs=1000, neurons=1000),
        "small": dict(steps=100, examples=4, inputs=100, neurons=100),
        "check": dict(steps=20, examples=3, inputs=60, neurons=270),
        "check_arctan": dict(steps=20, examples=3, inputs=60, neurons=270, surrogate=ARCTAN),
        "check_boxcar": dict(steps=20, examples=3, inputs=60, neurons=270, surrogate=BOXCAR),
    },
    reference="numpy_by_hand",
    check=check,
    alive=alive,
    work=work,
    peers=("snntorch_leaky", "snntorch_index", "snntorch_unbind"),
)
