"""Derivatives of four small functions, at many points.

    polynomial   d/dx, d2/dx2, d3/dx3, d4/dx4 of x^3 - 3 x^2 + 2 x
                 = 3 x^2 - 6 x + 2,    6 x - 6,    6,    0
    wave         the same four of t sin(t), where t is the angle
                 = sin t + t cos t,    2 cos t - t sin t,    -3 sin t - t cos t,
                   t sin t - 4 cos t
    rectifier    d/dx of max(0, x)
                 = 1 where x > 0, else 0
    partials     d/da and d/db of 2 a^3 - b^2
                 = 6 a^2,    -2 b

These are the examples on which tutorials of JAX show `grad`, nested `grad`, `vmap(grad)` and
`argnums`; the formulas follow from the rules of Leibniz (M. Abramowitz and I. Stegun, Handbook of
Mathematical Functions, 1964, eq. 3.3.3 and 3.3.8). The ports by hand write them down. Automatic
differentiation (A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. 2008, chapter 3) finds
them from the functions, backwards (`grad`) or forwards (`jvp`, `jacfwd`), and a derivative of a
derivative by being applied to itself: exactly but for rounding, as no difference quotient does.

At 0 the rectifier has no derivative: any number from 0 to 1 is a subgradient, and each library's
answer follows from how the function was written:

    0      jax.nn.relu, jnp.where(x > 0, x, 0), torch.relu, torch.where(x > 0, x, 0)
    1/2    jnp.maximum(0, x), jnp.clip(x, 0), torch.maximum(0, x): a tie is shared
    1      torch.clamp(x, min=0); in JAX (x + abs(x)) / 2, which in torch has 1/2

Here it is 0, the subgradient of the smallest norm, as in both libraries' `relu`. The ports write
the rectifier so that it has this derivative, or teach it to `maximum` (jax_custom_jvp); some of the
points are exactly 0, and -0.

Shapes: x, angle (radians), a, b and each of the eleven outputs (points,). No other units. `angle`
is an input of its own so that there are dyadic inputs: the sine of an angle near 2^-40 rounds to
the angle itself, and its cosine to 1, in every library.

Left out: differences and a complex step, which lose digits or stop at the first derivative (tests
use them); JAX's Taylor mode, `jet`, whose factorials are rounded (in float32, the third derivative
of this polynomial is 6.000005).
"""

from typing import Any, NamedTuple

import numpy as np
from portstudy import EXPONENTIAL, Array, Exact, Kernel, Ulps, Work, moved


class Orders(NamedTuple):
    """The derivatives of a function of one variable, by their order."""

    first: Any  # (points,)
    second: Any  # (points,)
    third: Any  # (points,)
    fourth: Any  # (points,)


class Partials(NamedTuple):
    """The derivatives of a function of two variables."""

    a: Any  # (points,)
    b: Any  # (points,)


class Derivatives(NamedTuple):
    """Those of all four functions."""

    polynomial: Orders
    wave: Orders
    rectifier: Any  # (points,)
    partials: Partials


def make_inputs(rng: np.random.Generator, *, points: int) -> tuple:
    """General inputs: some turns of the angle, and x that is exactly 0 at three points."""
    x = rng.uniform(-3, 3, points)
    x[[0, 1, -1]] = 0.0, -0.0, 0.0
    return x, rng.uniform(-8, 8, points), rng.normal(size=points), rng.normal(size=points)


def make_dyadic(rng: np.random.Generator, *, points: int) -> tuple:
    """Inputs on which every port must agree to the last bit, in float32 and in float64.

    x, a and b are multiples of 1/64 up to 4: squares take 17 bits, sums of them no more than 20.
    Angles are multiples of 2^-40 below 2^-30, of 10 bits, and never 0: t + t, say, is exact.
    """
    x, a, b = rng.integers(1, 257, (3, points)) * rng.choice([-1, 1], (3, points)) / 64
    x[[0, 1, -1]] = 0.0, -0.0, 0.0
    angle = rng.integers(1, 1024, points) * rng.choice([-1, 1], points) * 2.0**-40
    return x, angle, a, b


def alive(arguments: tuple, outputs: Derivatives) -> None:
    """Points on one side of 0 only, or none exactly there, would prove nothing."""
    x, *_ = arguments
    assert (x == 0).any(), "x is nowhere exactly 0: what the rectifier has there is not seen"
    assert (x < 0).any(), "x is nowhere below 0"
    assert (x > 0).any(), "x is nowhere above 0"
    polynomial, wave, _, partials = outputs
    for values in (polynomial.first, polynomial.second, wave.first, wave.third, *partials):
        assert np.ptp(values) > 0, "a derivative is alike at all points"


def work(arguments: tuple, outputs: tuple) -> Work:
    """A sine, a cosine and 17 operations per point; all inputs are read, all outputs written."""
    x, *_ = arguments
    return Work((moved(arguments, outputs),), operations=x.size * (2 * EXPONENTIAL + 17))


# Libraries round the two products and sums of a value differently, and sine and cosine by an ulp;
# where terms cancel, that is measured on the terms.
ROUNDED = Ulps(4, "point", floor=4.0)

derivatives = Kernel(
    arguments={
        "x": Array("points"),
        "angle": Array("points"),  # radians
        "a": Array("points"),
        "b": Array("points"),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs=Derivatives(
        polynomial=Orders(ROUNDED, ROUNDED, third=Exact("point"), fourth=Exact("point")),
        wave=Orders(ROUNDED, ROUNDED, ROUNDED, ROUNDED),
        rectifier=Exact("point"),
        partials=Partials(a=Ulps(4, "point"), b=Exact("point")),
    ),
    sizes={
        "large": dict(points=50_000),
        "small": dict(points=1000),
        "check": dict(points=61),
    },
    reference="numpy_by_hand",
    alive=alive,
    work=work,
)
