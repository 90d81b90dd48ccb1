"""Friction factors against the world: closed form, a root finder, charted values; bad input."""

import numpy as np
import pytest
from portstudy import Port

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports

pipe_port = ports(cases("piecewise_map"))


def test_laminar_flow_has_a_closed_form(pipe_port: Port):
    reynolds = np.geomspace(1, 2299, 61).astype(pipe_port.backend.dtype)
    friction = pipe_port(reynolds, 1e-3, 24)
    assert np.allclose(friction, 64 / reynolds, rtol=4 * np.finfo(friction.dtype).eps, atol=0)


def test_turbulent_flow_solves_the_equation(pipe_port: Port):
    optimize = pytest.importorskip("scipy.optimize")
    reynolds = np.geomspace(2300, 1e8, 61).astype(pipe_port.backend.dtype)
    friction = pipe_port(reynolds, 1e-3, 24)
    for re, f in zip(reynolds, friction, strict=True):
        root = optimize.brentq(
            lambda x, re=float(re): x + 2 * np.log10(1e-3 / 3.7 + 2.51 * x / re), 1, 30, xtol=1e-15
        )
        assert f == pytest.approx(root**-2, rel=40 * float(np.finfo(friction.dtype).eps))


def test_values_of_the_moody_chart(pipe_port: Port):
    """White, Fluid Mechanics: section 6.6, the table for smooth pipes."""
    friction = pipe_port(np.resize([4000, 1e4, 1e5, 1e6, 1e7, 1e8], 61), 0.0, 24)
    charted = [0.0399, 0.0309, 0.0180, 0.0116, 0.0081, 0.0059]
    assert np.round(friction[:6].astype(float), 4).tolist() == charted


@each_dtype
@pytest.mark.parametrize(
    ("argument", "spoilt", "message"),
    [
        (0, np.linspace(-1, 1, 61), r"^reynolds: -1\.0 at \[0\]; allowed: from 0\.001$"),
        (0, np.full(61, np.inf), r"^reynolds: inf at \[0\] is not finite in float\d\d$"),
        (0, np.ones((61, 1)), r"^reynolds: shape \(61, 1\); allowed: \(points\)$"),
        (0, np.ones(0), r"^reynolds: shape \(0,\) is empty; allowed: lengths from 1$"),
        (1, -0.5, r"^roughness: -0\.5; allowed: from 0 to 0\.1$"),
        (1, [0.1], r"^roughness: shape \(1,\); allowed: \(\)$"),
        (2, 0, "^iterations: 0; allowed: integers from 1"),
        (2, 2.0, r"^iterations: 2\.0; allowed: integers from 1"),
        (2, True, "^iterations: True; allowed: integers from 1"),
    ],
)
def test_argument_is_refused(dtype: str, argument: int, spoilt, message: str):
    arguments = list(inputs("piecewise_map", dtype, dyadic=False))
    arguments[argument] = spoilt
    assert_refused("piecewise_map", dtype, arguments, message)
