"""A network of two layers, applied to a batch of examples.

    activity[i, h] = max(0, sum over f of x[i, f] hidden.weights[f, h] + hidden.bias[h])
    scores[i, o]   = sum over h of activity[i, h] output.weights[h, o] + output.bias[o]

(I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, eq. 6.3, for a batch and several
outputs.) Two matrix products are nearly all of the work, and every library hands them to the same
kind of code; what a compiler can fuse is the bias and the rectifier, in between.

Shapes: x (examples, features), hidden.weights (features, units), hidden.bias (units,),
output.weights (units, outputs), output.bias (outputs,), scores (examples, outputs). No units.
"""

from typing import Any, NamedTuple

import numpy as np
from portstudy import Array, Kernel, Ulps, Work, moved


class Layer(NamedTuple):
    """An affine map: what comes in times the weights, plus the bias."""

    weights: Any  # (inputs, outputs)
    bias: Any  # (outputs,)


def make_inputs(
    rng: np.random.Generator,
    *,
    examples: int,
    features: int,
    units: int,
    outputs: int,
) -> tuple:
    """General inputs: weights as K. He et al. (2015) start training from, and scores of about 1."""
    x = rng.normal(size=(examples, features))
    hidden = Layer(
        rng.normal(size=(features, units)) * np.sqrt(2 / features), rng.normal(size=units) / 4
    )
    output = Layer(
        rng.normal(size=(units, outputs)) * np.sqrt(1 / units), rng.normal(size=outputs) / 4
    )
    return x, hidden, output


def make_dyadic(
    rng: np.random.Generator,
    *,
    examples: int,
    features: int,
    units: int,
    outputs: int,
) -> tuple:
    """Inputs on which every port must agree to the last bit, in float32 and in float64.

    All are multiples of 1/8 between -1 and 1. An activity is a multiple of 1/64 and about
    sqrt(features) / 3, a score one of 1/512, and the terms of a score, taken without their signs,
    add up to some 1,500 at size `large`: far from the 2**15 up to which float32 holds them exactly.
    """

    def eighths(*shape: int) -> np.ndarray:
        return rng.integers(-8, 9, shape) / 8

    hidden = Layer(eighths(features, units), eighths(units))
    output = Layer(eighths(units, outputs), eighths(outputs))
    return eighths(examples, features), hidden, output


def alive(arguments: tuple, scores: np.ndarray) -> None:
    """Units that are all silent, or all active, would prove nothing of the rectifier."""
    x, hidden, _ = arguments
    active = (x[:100] @ hidden.weights + hidden.bias > 0).mean()
    assert 0.2 < active < 0.8, f"{active:.0%} of the hidden units are active; plausible: half"
    assert (np.ptp(scores, axis=0) > 0).all(), "all examples have the same score"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Two products."""
    x, hidden, output = arguments
    weights = hidden[0].size + output[0].size
    return Work((moved(x, hidden[0], output[0], outputs),), operations=2 * len(x) * weights)


mlp_inference = Kernel(
    arguments={
        "x": Array("examples", "features"),
        "hidden": Layer(Array("features", "units"), Array("units")),
        "output": Layer(Array("units", "outputs"), Array("outputs")),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    # Sums of up to 784 products that cancel to some 1: in another order, some sqrt(784) ulps off.
    outputs={"scores": Ulps(64, "example", "output", floor=1.0)},
    sizes={
        "large": dict(examples=16_384, features=784, units=512, outputs=10),
        "small": dict(examples=1024, features=784, units=128, outputs=10),  # MNIST
        "check": dict(examples=37, features=29, units=23, outputs=5),
    },
    reference="numpy_vectorised",
    alive=alive,
    work=work,
    peers=("torch_nn",),
)
