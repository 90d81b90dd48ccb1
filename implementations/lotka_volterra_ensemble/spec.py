"""Many trajectories of predators and prey, each with parameters of its own, all at once.

The model, its step and the units are those of implementations/lotka_volterra/spec.py. Here the
equations are solved many times over, independently: `state` is (2, runs), and each of the rates
alpha, beta, gamma and delta is (runs,); all share dt. Only the final state (2, runs) is returned,
as 10,000 paths of 10,000 steps would take 1.6 GB.

One trajectory cannot be computed in parallel, as each step waits for the last; many can. So what
counts is the order of the loops, and whether what a step reads and writes stays in the cache.

There are no dyadic inputs, for the reason given for `lotka_volterra`. One trajectory after the
other in NumPy is left out: it takes minutes where the slowest port here takes seconds.
"""

import numpy as np
from portstudy import Array, Kernel, Size, Ulps, Work, moved
from portstudy.implementations.lotka_volterra.spec import YEARS, Parameters, parameters


def make_inputs(rng: np.random.Generator, *, runs: int, steps: int) -> tuple:
    """Rates and starts that differ by up to a quarter; each trajectory goes round about once."""
    state = rng.uniform(9.0, 11.0, (2, runs))
    alpha, beta, gamma, delta = (
        rate * rng.uniform(0.9, 1.1, runs) for rate in (1.1, 0.4, 0.4, 0.1)
    )
    return state, Parameters(YEARS / steps, alpha, beta, gamma, delta), steps


def alive(arguments: tuple, end: np.ndarray) -> None:
    """Runs that are all alike, or populations that die out or explode, would prove nothing."""
    start, _, _ = arguments
    assert (end > 0).all(), "a population died out"
    assert (end != start).all(), "a population ends as it started"
    assert (np.diff(end) != 0).all(), "two runs end alike: a port could mix them up"


def work(arguments: tuple, outputs: tuple) -> Work:
    """A step of a run is 8 operations, on values that stay in registers."""
    state, _, steps = arguments
    return Work((moved(state, outputs),), operations=8 * steps * state[0].size)


lotka_volterra_ensemble = Kernel(
    arguments={
        "state": Array(2, "runs", at_least=0, unit="thousands"),
        "parameters": parameters(Array("runs", above=0)),
        "steps": Size(at_least=1),
    },
    inputs=make_inputs,
    # As for one trajectory, but one of thousands ends where the orbit stretches errors most.
    outputs={"state": Ulps(400, "population", "run", floor=1.0, unit="thousands")},
    sizes={
        "large": dict(runs=10_000, steps=10_000),
        "small": dict(runs=1_000, steps=1_000),
        "check": dict(runs=150, steps=203),  # no whole number of blocks, nor of chunks of steps
    },
    reference="numpy_vectorised",
    alive=alive,
    work=work,
    peers=("diffrax_euler",),
)
