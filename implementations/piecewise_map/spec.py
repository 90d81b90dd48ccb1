"""The friction factor of flow in pipes: a cheap branch or an expensive one for each element.

A pipe's Darcy friction factor f depends on the Reynolds number Re of the flow. Slow flow is laminar
and f is a quotient; fast flow is turbulent and f solves the equation of Colebrook, in which it
stands on both sides (White, Fluid Mechanics, 7th ed. 2011, chapter 6):

    Re < 2300:    f = 64 / Re
    otherwise:    1 / sqrt(f) = -2 log10(roughness / 3.7 + 2.51 / (Re sqrt(f)))

With x = 1 / sqrt(f) the second is solved by `iterations` steps of the fixed-point iteration

    x <- -2 log10(roughness / 3.7 + 2.51 x / Re),    from x = 7,    and then f = 1 / x^2

`reynolds` (points,) and `roughness` (that of the wall over the diameter of the pipe, one scalar)
have no units, nor has `friction` (points,). A step shrinks an error at least fivefold, so that 24
steps reach the last bit of float64; roundings do not accumulate.

The lesson: an element costs a division in one branch and `iterations` logarithms in the other. A
select (`where`) pays for both for every element, and needs both to be defined there: at small Re
the iteration runs into the logarithm of a negative number. A branch pays for one, if it stays a
branch. At size `small` an eighth of the flows is turbulent, at `turbulent` all are.

No dyadic inputs: a logarithm is rounded differently in every library. Left out: `vmap` of anything
but the conditional, and torch's `cond`, which takes no more than one predicate either.
"""

import numpy as np
from portstudy import EXPONENTIAL, Array, Kernel, Scalar, Size, Ulps, Work, moved

CRITICAL = 2300.0  # Reynolds number from which on flow in a pipe is turbulent


def make_inputs(rng: np.random.Generator, *, points: int, turbulent: int, iterations: int) -> tuple:
    """Flows of which `turbulent` in a thousand are turbulent; some exactly at the critical value.

    Reynolds numbers are spread evenly in their logarithm: 10 to 2300, and 2300 to 10**8.
    """
    laminar = 10 ** rng.uniform(1, np.log10(CRITICAL), points)
    fast = 10 ** rng.uniform(np.log10(CRITICAL), 8, points)
    reynolds = np.where(rng.integers(0, 1000, points) < turbulent, fast, laminar)
    reynolds[[0, -1]] = CRITICAL
    reynolds[1] = np.nextafter(np.float32(CRITICAL), np.float32(0))
    return reynolds, np.float64(1.3e-4), iterations


def alive(arguments: tuple, friction: np.ndarray) -> None:
    """Both branches must be taken, unless all is turbulent, and the iteration must have ended."""
    reynolds, roughness, _ = arguments
    fast = reynolds >= CRITICAL
    assert fast.any(), "no flow is turbulent: the expensive branch is not taken"
    x = 1 / np.sqrt(friction[fast].astype(np.float64))
    residue = np.abs(x + 2 * np.log10(roughness / 3.7 + 2.51 * x / reynolds[fast]))
    limit = 64 * np.finfo(friction.dtype).eps * x
    assert (residue <= limit).all(), "the iteration has not converged: a step more would be seen"
    values = len(np.unique(friction))
    assert values > 1, "all friction factors are alike"


def work(arguments: tuple, outputs: tuple) -> Work:
    """A logarithm, a division and three more per iteration, where the flow is turbulent."""
    reynolds, _, iterations = arguments
    turbulent = int((reynolds >= CRITICAL).sum())
    operations = turbulent * iterations * (EXPONENTIAL + 4) + reynolds.size
    return Work((moved(reynolds, outputs),), operations)


piecewise_map = Kernel(
    arguments={
        "reynolds": Array("points", at_least=1e-3),
        "roughness": Scalar(at_least=0, at_most=0.1),
        "iterations": Size(at_least=1),
    },
    inputs=make_inputs,
    # The last step's logarithm is near -8 and rounds to an ulp or two, also inside the library;
    # its square doubles that.
    outputs={"friction": Ulps(16, "point")},
    sizes={
        "small": dict(points=50_000, turbulent=125, iterations=24),
        "large": dict(points=1_000_000, turbulent=125, iterations=24),
        "turbulent": dict(points=50_000, turbulent=1000, iterations=24),
        "check": dict(points=61, turbulent=400, iterations=24),
    },
    reference="numpy_where",
    alive=alive,
    work=work,
)
