"""An affine map and a rectifier, for a batch. Say here what is computed: formula, units, source.

    y[i, o] = max(0, sum over f of x[i, f] weights[f, o] + bias[o])

(I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, eq. 6.36.)

Shapes: x (examples, features), weights (features, outputs), bias (outputs,), y (examples, outputs).
No units.
"""

from typing import Any

import numpy as np
from portstudy import Arrays, Kernel, Ulps, Work, moved


def make_inputs(
    rng: np.random.Generator, dtype: np.dtype, *, examples: int, features: int, outputs: int
) -> tuple:
    """General inputs, on which the order of a sum decides how it rounds."""
    weights = rng.normal(size=(features, outputs)) / np.sqrt(features)
    return rng.normal(size=(examples, features)), weights, rng.normal(size=outputs)


def make_dyadic(
    rng: np.random.Generator, dtype: np.dtype, *, examples: int, features: int, outputs: int
) -> tuple:
    """Inputs on which no order of summation can matter, in float32 either.

    Multiples of 1/8 up to 1: a product is one of 1/64, and so is each sum of them, up to 2**18.
    """

    def eighths(*shape: int) -> np.ndarray:
        return rng.integers(-8, 9, shape) / 8

    return eighths(examples, features), eighths(features, outputs), eighths(outputs)


def check(dtype: np.dtype, x: Any, weights: Any, bias: Any) -> tuple:
    """x (examples, features), weights (features, outputs), bias (outputs,), or InvalidInput."""
    arrays = Arrays(dtype)
    return (
        arrays.take("x", x, "examples", "features"),
        arrays.take("weights", weights, "features", "outputs"),
        arrays.take("bias", bias, "outputs"),
    )


def alive(arguments: tuple, outputs: tuple) -> None:
    """Outputs that are all rectified, or none, would not show a missing rectifier."""
    (y,) = outputs
    positive = (y > 0).mean()
    assert 0.1 < positive < 0.9, f"{positive:.0%} of y are positive; plausible: half"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Each number is read or written once; a product and a sum for each weight and example."""
    x, weights, _ = arguments
    return Work((moved(*arguments, *outputs),), operations=2 * len(x) * weights.size)


template = Kernel(
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={"y": Ulps(16, "example", "output", floor=1.0)},
    sizes={
        "small": dict(examples=1000, features=200, outputs=100),
        "large": dict(examples=20_000, features=1000, outputs=500),
        "check": dict(examples=29, features=17, outputs=11),
    },
    reference="numpy_vectorised",
    check=check,
    alive=alive,
    work=work,
)
