"""Predators and their prey: the Lotka-Volterra equations by explicit Euler, one trajectory.

Prey multiply on their own and are eaten where they meet predators; predators live on that and
otherwise die out (Lotka 1925; Volterra 1926; Murray, Mathematical Biology I, 2002, chapter 3):

    d prey / dt      = alpha prey - beta prey predators
    d predators / dt = delta prey predators - gamma predators

One step of length dt evaluates both right-hand sides at the old populations:

    1. born = alpha prey - beta prey predators            thousands / year
    2. fed = delta prey predators - gamma predators       thousands / year
    3. prey, predators = prey + dt born, predators + dt fed

The state is an array (2,): prey and predators, in thousands. `trajectory` says whether every step
is recorded: `path` is then (steps, 2), its row i the populations after step i + 1; otherwise it is
(0, 2). The final state is returned in either case.

The exact solution goes round in closed orbits; explicit Euler, whose error is of the first order
in dt, spirals outwards. Here we ask only whether all ports take the same Euler steps; the tests
show that these approach scipy's solution as dt shrinks.

There are no dyadic inputs: each step multiplies the populations by each other and so doubles their
number of bits, which fit into no float after five steps. Nor does anything run in parallel: each
step waits for the last (see lotka_volterra_ensemble for many trajectories at once). PyTorch's
`scan` is left out, as lif/torch_scan.py shows it.
"""

from typing import Any, NamedTuple

import numpy as np
from portstudy import Array, Choice, Kernel, Scalar, Size, Ulps, Work, fits, moved


class Parameters(NamedTuple):
    """What does not change from step to step."""

    dt: Any  # years: length of a step
    alpha: Any  # 1 / year: births of prey
    beta: Any  # 1 / (year thousand): prey eaten by each predator
    gamma: Any  # 1 / year: deaths of predators
    delta: Any  # 1 / (year thousand): predators raised on each prey


YEARS = 12.0
"""A little more than once round the orbit, whatever the number of steps."""


def make_inputs(rng: np.random.Generator, *, steps: int, trajectory: bool) -> tuple:
    """Both populations rise and fall by an order of magnitude."""
    state = rng.uniform(9.0, 11.0, 2)
    parameters = Parameters(dt=YEARS / steps, alpha=1.1, beta=0.4, gamma=0.4, delta=0.1)
    return state, parameters, steps, trajectory


def parameters(rate: Array) -> Parameters:
    """What they may be: one dt, and such rates."""
    return Parameters(Scalar(above=0), rate, rate, rate, rate)


def check(state: np.ndarray, parameters: Parameters, steps: int, trajectory: bool) -> None:
    """A path that fits into memory."""
    if trajectory:
        fits("steps: a path of (steps, 2)", (steps, 2), state.itemsize)


def alive(arguments: tuple, outputs: tuple) -> None:
    """Populations that die out, explode or stay as they are would prove nothing."""
    state, _, _, trajectory = arguments
    path, end = outputs
    course = np.vstack((state[None], path, end[None]))
    assert (course > 0).all(), "a population died out: from there on its course is trivial"
    if trajectory:
        swing = course.max(axis=0) / course.min(axis=0)
        assert (swing >= 5).all(), f"populations swing by factors of {swing}; plausible: from 5"
    assert (end != state).all(), "the populations end as they started"


def work(arguments: tuple, outputs: tuple) -> Work:
    """A step is 8 operations; a roofline does not know that each step waits for the last."""
    _, _, steps, _ = arguments
    return Work((moved(outputs),), operations=8 * steps)


lotka_volterra = Kernel(
    arguments={
        "state": Array(2, at_least=0, unit="thousands"),
        "parameters": parameters(Scalar(above=0)),
        "steps": Size(at_least=1),
        "trajectory": Choice(True, False),
    },
    inputs=make_inputs,
    # Each step rounds anew and the orbit carries the errors on: where a port fuses a multiplication
    # and an addition, or factors the step, it leaves the reference. Measured: 9 ulps in 10,000
    # steps fused, a few times that factored.
    outputs={
        "path": Ulps(100, "step", "population", floor=1.0, unit="thousands"),
        "state": Ulps(100, "population", floor=1.0, unit="thousands"),
    },
    sizes={
        "large": dict(steps=10_000, trajectory=True),
        "small": dict(steps=1_000, trajectory=True),
        "final": dict(steps=10_000, trajectory=False),
        "check": dict(steps=200, trajectory=True),
    },
    reference="numpy_loop",
    check=check,
    alive=alive,
    work=work,
    peers=("diffrax_euler",),
)
