"""Derivatives: known points, quotients of differences, a complex step; what libraries say at 0."""

import numpy as np
import pytest
from portstudy import Port, load

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports, skipped_if_unavailable

port = ports(cases("derivatives"))


def test_at_points_where_they_are_known(port: Port):
    three = [0.0, 1.0, 2.0], [0.0, np.pi / 2, np.pi], [1.0, 2.0, -3.0], [5.0, -7.0, 0.5]
    points = len(inputs("derivatives", port.backend.dtype)[0])  # for which it is compiled already
    outputs = port(*(np.resize(values, points) for values in three))
    polynomial = [values[:3].tolist() for values in outputs.polynomial]
    assert polynomial == [[2, -1, 2], [-6, 0, 6], [6, 6, 6], [0, 0, 0]]
    wave = [values[:3] for values in outputs.wave]
    expected = [[0, 1, -np.pi], [2, -np.pi / 2, -2], [0, -3, np.pi], [-4, np.pi / 2, 4]]
    assert np.allclose(wave, expected, atol=2e-6 if port.backend.dtype == "float32" else 1e-14)
    assert outputs.rectifier[:3].tolist() == [0, 1, 1]
    assert outputs.partials.a[:3].tolist() == [6, 24, 54]
    assert outputs.partials.b[:3].tolist() == [-10, 14, -1]


def test_polynomial_is_numpys(port: Port):
    x, angle, a, b = inputs("derivatives", port.backend.dtype)
    cubic = np.polynomial.Polynomial([0, 2, -3, 1])
    for order, values in enumerate(port(x, angle, a, b).polynomial, start=1):
        assert np.array_equal(values, cubic.deriv(order)(x.astype(float)) + 0 * x)


def test_complex_step():
    """f(x + ih) = f(x) + ih f'(x): no difference is taken, so h may be as small as one likes."""
    x, angle, a, b = inputs("derivatives", "float64", dyadic=False)
    polynomial, wave, _, partials = load("derivatives", "numpy_by_hand")(x, angle, a, b)
    step = 1e-200j

    def along(values):
        return values.imag / step.imag

    z, t = x + step, angle + step
    assert np.allclose(along(z**3 - 3 * z**2 + 2 * z), polynomial.first, rtol=0, atol=1e-13)
    assert np.allclose(along(t * np.sin(t)), wave.first, rtol=0, atol=1e-13)
    assert np.allclose(along(2 * (a + step) ** 3 - b**2), partials.a, rtol=0, atol=1e-13)
    assert np.allclose(along(2 * a**3 - (b + step) ** 2), partials.b, rtol=0, atol=1e-13)


def test_each_order_is_the_slope_of_the_one_before():
    x, angle, a, b = inputs("derivatives", "float64", dyadic=False)
    reference = load("derivatives", "numpy_by_hand")
    step = 1e-5
    here = reference(x, angle, a, b)
    below, above = (reference(x + h, angle + h, a, b) for h in (-step, step))
    for k in range(3):
        for function in ("polynomial", "wave"):
            slope = (getattr(above, function)[k] - getattr(below, function)[k]) / (2 * step)
            assert np.allclose(slope, getattr(here, function)[k + 1], rtol=0, atol=1e-8)


AT_ZERO = {
    "jax": {
        "jax.nn.relu": 0,
        "lambda x: jnp.where(x > 0, x, 0)": 0,
        "lambda x: jnp.maximum(0, x)": 0.5,
        "lambda x: jnp.clip(x, 0)": 0.5,
        "lambda x: (x + abs(x)) / 2": 1,
    },
    "torch": {
        "torch.relu": 0,
        "lambda x: torch.where(x > 0, x, 0)": 0,
        "lambda x: torch.maximum(torch.zeros_like(x), x)": 0.5,
        "lambda x: torch.clamp(x, min=0)": 1,
        "lambda x: (x + abs(x)) / 2": 0.5,
    },
}


@pytest.mark.parametrize(
    ("library", "function"), [(library, f) for library, rows in AT_ZERO.items() for f in rows]
)
def test_what_each_rectifier_has_at_zero(library: str, function: str):
    """The table in the spec."""
    with skipped_if_unavailable(library):
        load("derivatives", {"jax": "jax_loop_grad", "torch": "torch_vmap_grad"}[library])
    if library == "jax":
        import jax
        import jax.numpy as jnp

        slope = jax.grad(eval(function, {"jax": jax, "jnp": jnp}))
        values = [float(slope(x)) for x in (-1.0, 0.0, -0.0, 1.0)]
    else:
        import torch

        slope = torch.func.grad(eval(function, {"torch": torch}))
        values = [float(slope(torch.tensor(x))) for x in (-1.0, 0.0, -0.0, 1.0)]
    at_zero = AT_ZERO[library][function]
    assert values == [0, at_zero, at_zero, 1]


@each_dtype
@pytest.mark.parametrize(
    ("index", "spoil", "message"),
    [
        (0, lambda x: x[:, None], r"^x: shape \(61, 1\); allowed: \(points\)$"),
        (1, lambda t: t[1:], r"^angle: shape \(60,\) does not match \(points=61\)$"),
        (1, lambda t: t * np.inf, r"^angle: -?inf at \[0\] is not finite in float\d\d$"),
        (2, lambda a: 1.5, r"^a: shape \(\); allowed: \(points\)$"),
        (3, lambda b: b.astype(complex), r"^b: dtype complex128; allowed: real numbers$"),
    ],
)
def test_bad_input(dtype: str, index: int, spoil, message: str):
    arguments = list(inputs("derivatives", dtype))
    arguments[index] = spoil(arguments[index])
    assert_refused("derivatives", dtype, arguments, message)
