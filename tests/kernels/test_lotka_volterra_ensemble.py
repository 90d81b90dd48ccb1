"""Ensembles: each run is what `lotka_volterra` makes of it alone; bad input."""

from collections.abc import Callable

import numpy as np
import pytest
from portstudy import Port, find_kernel, load

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports

port = ports(cases("lotka_volterra_ensemble"))


def test_each_run_is_what_lotka_volterra_makes_of_it_alone(port: Port):
    state, parameters, steps = inputs("lotka_volterra_ensemble", port.backend.dtype)
    alone = load("lotka_volterra", "numba_njit", dtype=port.backend.dtype)
    end = port(state, parameters, steps)
    rule = find_kernel("lotka_volterra_ensemble").outputs["state"]
    for run in (0, 1, 127, 128, len(end[0]) - 1):
        dt, *rates = parameters
        own = (dt, *(rate[run] for rate in rates))
        _, expected = alone(state[:, run], own, steps, False)
        assert (np.abs(end[:, run] - expected) <= rule.allowed(expected)).all(), f"run {run}"


BAD: list[tuple[int, Callable, str]] = [
    (0, lambda s: s[:1], r"^state: shape \(1, 150\); allowed: \(2, runs\)$"),
    (0, lambda s: s[0], r"^state: shape \(150,\); allowed: \(2, runs\)$"),
    (0, lambda s: -s, r"^state: -\d.* thousands at \[0, 0\]; allowed: from 0$"),
    (1, lambda p: p._replace(alpha=p.alpha[1:]), r"^parameters\.alpha: shape .* match \(runs=150"),
    (
        1,
        lambda p: p._replace(gamma=0 * p.gamma),
        r"^parameters\.gamma: 0\.0 at \[0\]; allowed: above",
    ),
    (1, lambda p: p._replace(dt=p.alpha), r"^parameters\.dt: shape \(150,\); allowed: \(\)$"),
    (1, lambda p: [1.0], r"^parameters: list; allowed: Parameters\(dt, alpha, beta, gamma, delta"),
    (2, lambda n: 0, "^steps: 0; allowed: integers from 1 to"),
    (2, lambda n: -1, "^steps: -1; allowed: integers from 1"),
]


@each_dtype
@pytest.mark.parametrize(("position", "spoil", "message"), BAD)
def test_argument_is_refused(dtype: str, position: int, spoil: Callable, message: str):
    arguments = list(inputs("lotka_volterra_ensemble", dtype))
    arguments[position] = spoil(arguments[position])
    assert_refused("lotka_volterra_ensemble", dtype, arguments, message)
