"""Many courses of predators and prey, each with parameters of its own, all at once.

The model, its step and the units are those of implementations/lotka_volterra/spec.py. Here the
equations are solved many times over, independently: `state` is (2, runs), and each of the rates
alpha, beta, gamma and delta is (runs,); all share dt. Only the final state (2, runs) is returned,
for 10,000 paths of 10,000 steps would take 1.6 GB.

One course cannot be computed in parallel, each step waits for the last; many can. So what counts
is the order of the loops, and whether what a step reads and writes stays in the cache.

There are no dyadic inputs, for the reason given for `lotka_volterra`. One course after the other
in NumPy is left out: it takes minutes where the slowest port here takes seconds.
"""

from typing import Any

import numpy as np
from portstudy import Arrays, Kernel, Ulps, Work, moved
from portstudy.implementations.lotka_volterra.spec import (
    YEARS,
    Parameters,
    check_model,
    check_state,
    check_steps,
)


def make_inputs(rng: np.random.Generator, dtype: np.dtype, *, runs: int, steps: int) -> tuple:
    """Rates and starts that differ by up to a quarter; each course goes round about once."""
    state = rng.uniform(9.0, 11.0, (2, runs))
    alpha, beta, gamma, delta = (
        rate * rng.uniform(0.9, 1.1, runs) for rate in (1.1, 0.4, 0.4, 0.1)
    )
    return state, Parameters(YEARS / steps, alpha, beta, gamma, delta), steps


def check(dtype: np.dtype, state: Any, parameters: Any, steps: Any) -> tuple:
    """state (2, runs) thousands from 0, Parameters above 0, of (runs,) but for dt, steps >= 1."""
    arrays = Arrays(dtype)
    state = check_state(arrays, state, "runs")
    parameters = check_model(arrays, parameters, "runs")
    return state, parameters, check_steps(steps)


def alive(arguments: tuple, outputs: tuple) -> None:
    """Runs that are all alike, or populations that die out or explode, would prove nothing."""
    start, _, _ = arguments
    (end,) = outputs
    assert np.isfinite(end).all(), "a population is not finite"
    assert (end > 0).all(), "a population died out"
    assert (end != start).all(), "a population ends as it started"
    assert (np.diff(end) != 0).all(), "two runs end alike: a port could mix them up"


def work(arguments: tuple, outputs: tuple) -> Work:
    """A step of a run is 8 operations, on values that stay in registers."""
    state, _, steps = arguments
    return Work((moved(state, *outputs),), operations=8 * steps * state[0].size)


lotka_volterra_ensemble = Kernel(
    inputs=make_inputs,
    # As for one course, but of thousands one ends where the orbit stretches errors most.
    outputs={"state": Ulps(400, "population", "run", floor=1.0, unit="thousands")},
    sizes={
        "large": dict(runs=10_000, steps=10_000),
        "small": dict(runs=1_000, steps=1_000),
        "check": dict(runs=150, steps=203),  # no whole number of blocks, nor of chunks of steps
    },
    reference="numpy_batched",
    check=check,
    alive=alive,
    work=work,
    peers=("diffrax_euler",),
)
