"""Predators and prey until prey stop rising: scipy's event, no step and all steps, bad input."""

from collections.abc import Callable

import numpy as np
import pytest
from portstudy import Port, find_kernel, load

from tests.conftest import assert_refused, cases, each_dtype, inputs, of_any_shape, ports

port = ports(cases("lotka_volterra_until"))
small_port = ports(of_any_shape(cases("lotka_volterra_until")))
KERNEL = find_kernel("lotka_volterra_until")


def test_maximum_approaches_that_of_scipys_event_with_the_first_order_of_dt():
    integrate = pytest.importorskip("scipy.integrate")
    state, parameters, _ = inputs(KERNEL.name, "float64")
    _, alpha, beta, gamma, delta = parameters
    years = 12.0

    def rise(_, y):
        return alpha * y[0] - beta * y[0] * y[1]

    rise.terminal = True  # type: ignore[attr-defined]
    rise.direction = -1  # type: ignore[attr-defined]
    solution = integrate.solve_ivp(
        lambda t, y: (rise(t, y), delta * y[0] * y[1] - gamma * y[1]),
        (0, years),
        state,
        events=rise,
        rtol=1e-10,
        atol=1e-12,
    )
    until = load(KERNEL.name, "numba_njit")
    errors = []
    for n in (100_000, 400_000):
        (prey, predators), count = until(state, parameters._replace(dt=years / n), n)
        assert predators == pytest.approx(alpha / beta, rel=20 / n)
        # The count is a whole number, so the time of the maximum is off by up to a step besides.
        assert abs(count * years / n - solution.t[-1]) < 200 / n
        errors.append(abs(prey - solution.y[0, -1]))
    assert errors[1] < 1e-3
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.05)


def test_prey_that_do_not_rise_are_left_alone(small_port: Port):
    _, _, max_steps = inputs(KERNEL.name, small_port.backend.dtype)
    for predators in (0.75, 3.0):  # at the threshold and beyond
        state, count = small_port([2.0, predators], (0.125, 1.5, 2.0, 0.5, 0.25), max_steps)
        assert state.tolist() == [2.0, predators]
        assert count == 0


def test_no_more_than_max_steps_are_taken(port: Port):
    start, parameters, _ = inputs(KERNEL.name, port.backend.dtype)
    state, count = port(start, parameters, 5)
    assert count == 5
    _, end = load("lotka_volterra", "numpy_loop", dtype=port.backend.dtype)(
        start, parameters, 5, False
    )
    assert (np.abs(state - end) <= KERNEL.outputs["state"].allowed(end)).all()


def test_step_at_which_prey_stop_is_the_first(port: Port):
    start, parameters, max_steps = inputs(KERNEL.name, port.backend.dtype)
    state, count = port(start, parameters, max_steps)
    before, same = port(start, parameters, int(count) - 1)
    assert same == count - 1
    assert parameters.beta * before[1] < parameters.alpha <= parameters.beta * state[1]
    assert state[0] > before[0]


def test_inputs_on_which_rounding_could_decide_are_refused():
    start, parameters, max_steps = inputs(KERNEL.name, "float64")
    state, count = load(KERNEL.name, "numpy_loop")(start, parameters, max_steps)
    state = np.array([state[0], parameters.alpha / parameters.beta])
    with pytest.raises(AssertionError, match="rounding could decide which step is the last"):
        KERNEL.refuse_dead((start, parameters, max_steps), (state, count))


BAD: list[tuple[int, Callable, str]] = [
    (0, lambda s: [1.0, 2.0, 3.0], r"^state: shape \(3,\); allowed: \(2\)$"),
    (0, lambda s: [1.0, -2.0], r"^state: -2\.0 thousands at \[1\]; allowed: from 0$"),
    (1, lambda p: p[:-1], r"^parameters: tuple; allowed: Parameters\(dt, alpha, beta, gamma"),
    (1, lambda p: p._replace(dt=0.0), r"^parameters\.dt: 0\.0; allowed: above 0$"),
    (2, lambda n: 0, r"^max_steps: 0; allowed: integers from 1 to 2\*\*31 - 1$"),
    (2, lambda n: 2**31, r"^max_steps: 2147483648; allowed: integers from 1 to 2\*\*31 - 1$"),
    (2, lambda n: 1.5, r"^max_steps: 1\.5; allowed: integers from 1"),
]


@each_dtype
@pytest.mark.parametrize(("position", "spoil", "message"), BAD)
def test_argument_is_refused(dtype: str, position: int, spoil: Callable, message: str):
    arguments = list(inputs(KERNEL.name, dtype))
    arguments[position] = spoil(arguments[position])
    assert_refused("lotka_volterra_until", dtype, arguments, message)
