"""Predators and prey: the solution that Euler approaches, the path and its end, bad input."""

from collections.abc import Callable

import numpy as np
import pytest
from portstudy import Port, find_kernel, load

from tests.conftest import assert_refused, cases, each_dtype, inputs, of_any_shape, ports

port = ports(cases("lotka_volterra"))
small_port = ports(of_any_shape(cases("lotka_volterra")))


def test_euler_approaches_scipys_solution_with_the_first_order_of_dt():
    integrate = pytest.importorskip("scipy.integrate")
    state, parameters, _, _ = inputs("lotka_volterra", "float64")
    _, alpha, beta, gamma, delta = parameters
    years = 12.0
    solution = integrate.solve_ivp(
        lambda _, y: (alpha * y[0] - beta * y[0] * y[1], delta * y[0] * y[1] - gamma * y[1]),
        (0, years),
        state,
        rtol=1e-10,
        atol=1e-12,
    ).y[:, -1]
    euler = load("lotka_volterra", "numba_njit")
    errors = [
        np.abs(euler(state, parameters._replace(dt=years / n), n, False)[1] - solution)
        for n in (200_000, 400_000)
    ]
    assert (errors[1] < 1e-3 * solution).all()
    np.testing.assert_allclose(errors[0] / errors[1], 2, rtol=0.01)


def test_populations_at_rest_stay_there(small_port: Port):
    # At gamma / delta prey and alpha / beta predators as many are born as die.
    parameters = (0.125, 1.0, 0.25, 0.5, 0.125)
    path, state = small_port([4.0, 4.0], parameters, 20, True)
    assert (path == 4.0).all()
    assert (state == 4.0).all()


def test_without_the_path_the_end_is_the_same(port: Port):
    state, parameters, steps, _ = inputs("lotka_volterra", port.backend.dtype)
    path, end = port(state, parameters, steps, True)
    assert (path[-1] == end).all()
    none, same = port(state, parameters, steps, False)
    assert none.shape == (0, 2)
    assert none.dtype == path.dtype
    # Compiled as another program, the same step may be fused otherwise.
    rule = find_kernel("lotka_volterra").outputs["state"]
    assert (np.abs(same - end) <= rule.allowed(end)).all()


BAD: list[tuple[int, Callable, str]] = [
    (0, lambda s: [1.0, 2.0, 3.0], r"^state: shape \(3,\); allowed: \(2\)$"),
    (0, lambda s: [1.0, -2.0], r"^state: -2\.0 thousands at \[1\]; allowed: from 0$"),
    (0, lambda s: [1.0, np.nan], r"^state: nan at \[1\] is not finite in float"),
    (1, lambda p: p[:-1], r"^parameters: tuple; allowed: Parameters\(dt, alpha, beta, gamma"),
    (1, lambda p: p._replace(dt=0.0), r"^parameters\.dt: 0\.0; allowed: above 0$"),
    (1, lambda p: p._replace(beta=-1), r"^parameters\.beta: -1\.0; allowed: above 0$"),
    (1, lambda p: p._replace(beta=[1]), r"^parameters\.beta: shape \(1,\); allowed: \(\)$"),
    (2, lambda n: 0, "^steps: 0; allowed: integers from 1 to"),
    (2, lambda n: 1.5, r"^steps: 1\.5; allowed: integers from 1"),
    (2, lambda n: 10**15, r"^steps: a path of .* needs [\d,]+\.\d GiB; [\d,]+\.\d GiB are free$"),
    (3, lambda t: 1, "^trajectory: 1; allowed: True, False$"),
]


@each_dtype
@pytest.mark.parametrize(("position", "spoil", "message"), BAD)
def test_argument_is_refused(dtype: str, position: int, spoil: Callable, message: str):
    arguments = list(inputs("lotka_volterra", dtype))
    arguments[position] = spoil(arguments[position])
    assert_refused("lotka_volterra", dtype, arguments, message)
