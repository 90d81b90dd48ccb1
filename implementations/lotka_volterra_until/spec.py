"""Predators and their prey by explicit Euler, until the prey stop rising: a step that data decide.

The equations and the step are those of implementations/lotka_volterra/spec.py:

    d prey / dt      = alpha prey - beta prey predators
    d predators / dt = delta prey predators - gamma predators

Prey rise as long as alpha > beta predators. So, before each step:

    0. end if beta predators >= alpha, or after max_steps
    1. born = alpha prey - beta prey predators            thousands / year
    2. fed = delta prey predators - gamma predators       thousands / year
    3. prey, predators = prey + dt born, predators + dt fed

Returned are the state (2,) at the end, prey at their first maximum and the predators that stop
them, in thousands, and `count`, an int32: how many steps were taken. A count of max_steps says that
the maximum may not have been reached.

When a port is compiled, the number of steps is not known, only its bound. A Python loop has to
look at the state before each step; `while_loop` looks where the state is; a loop of fixed length
cannot end early, so it takes all max_steps and masks those past the end. The inputs start from few
predators and bound the steps by one round of the orbit, of which the rise is about a sixth.

There are no dyadic inputs, for the reason that lotka_volterra gives. All ports must agree on
`count` nevertheless: `alive` refuses inputs whose last step comes so near to the threshold that
rounding could decide. Left out: `vmap`, under which a `while_loop` takes as many steps as the
slowest trajectory needs, and masks the others; torch.compile over several steps at a time, each of
which makes it six times the work (see nested_recurrence).
"""

import numpy as np
from portstudy import Array, Exact, Kernel, Scalar, Size, Ulps, Work, moved
from portstudy.implementations.lotka_volterra.spec import YEARS, Parameters, parameters


def make_inputs(
    rng: np.random.Generator, *, max_steps: int, years: float = YEARS, balanced: bool = False
) -> tuple:
    """So few predators that the prey almost triple before there are enough of them.

    Or exactly as many as end it at once, where they are `balanced`; or too few `years` for an end.
    """
    state = rng.uniform(0.9, 1.1, 2) * (5.0, 1.0)
    parameters = Parameters(dt=years / max_steps, alpha=1.1, beta=0.4, gamma=0.4, delta=0.1)
    if balanced:
        state[1], parameters = 2.5, parameters._replace(alpha=1.25, beta=0.5)
    return state, parameters, max_steps


def alive(arguments: tuple, outputs: tuple) -> None:
    """A trajectory that ends at once, or not at all, or that rounding could end a step earlier."""
    start, parameters, max_steps = arguments
    state, count = outputs
    dt, alpha, beta, gamma, delta = (float(value) for value in parameters)
    prey, predators = (float(value) for value in state)
    if (count == 0 and beta * float(start[1]) == alpha) or count == max_steps < 50:
        return  # the two ends, which are proven at sizes of their own
    assert 5 <= count < max_steps, f"{count} of {max_steps} steps; plausible: 5 to one less"
    assert prey > 2 * start[0], f"prey rose from {start[0]} to {prey} only"
    beyond = beta * predators / alpha - 1
    step = dt * (delta * prey - gamma)
    assert 0.02 * step < beyond < 0.98 * step, "rounding could decide which step is the last"


def work(arguments: tuple, outputs: tuple) -> Work:
    """A step is 8 operations, the condition one; that each waits for the last is not counted."""
    state, _, _ = arguments
    _, count = outputs
    return Work((moved(state, outputs),), operations=9 * int(count))


lotka_volterra_until = Kernel(
    arguments={
        "state": Array(2, at_least=0, unit="thousands"),
        "parameters": parameters(Scalar(above=0)),
        "max_steps": Size(at_least=1, at_most=2**31 - 1),
    },
    inputs=make_inputs,
    # As in lotka_volterra: a port that fuses or factors the step leaves the reference.
    outputs={
        "state": Ulps(100, "population", floor=1.0, unit="thousands"),
        "count": Exact(),
    },
    sizes={
        "large": dict(max_steps=10_000),
        "small": dict(max_steps=1_000),
        "check": dict(max_steps=200),
        "check_at_once": dict(max_steps=200, balanced=True),
        "check_never": dict(max_steps=20, years=1.0),
    },
    reference="numpy_loop",
    alive=alive,
    work=work,
    peers=("diffrax_euler",),
)
