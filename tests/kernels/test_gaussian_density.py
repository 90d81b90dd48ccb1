"""The Gaussian density against closed forms, on exact arguments, and where rounding is worst."""

from dataclasses import replace

import numpy as np
import pytest
from portstudy import Port, Ulps, load
from portstudy.proof import prove_accuracy
from scipy.stats import norm

from tests.conftest import assert_refused, cases, inputs, of_any_shape, ports

density_port = ports(cases("gaussian_density"))
small_port = ports(of_any_shape(cases("gaussian_density")))


def test_independent_dimensions_are_a_product_of_normal_densities():
    rng = np.random.default_rng(1)
    points, mean, deviations = rng.normal(size=(50, 4)), rng.normal(size=4), [0.5, 1.0, 2.0, 3.0]
    density, log_density = load("gaussian_density", "numpy_cholesky")(
        points, mean, np.diag(deviations) ** 2
    )
    expected = norm.logpdf(points, mean, deviations).sum(axis=1)
    np.testing.assert_allclose(log_density, expected, rtol=1e-13)
    np.testing.assert_allclose(density, np.exp(expected), rtol=1e-13)


def test_at_the_mean_is_the_constant(density_port: Port):
    """(2 pi) ** (-k/2), and not 2 * pi ** (-k/2)."""
    points, mean, _ = inputs("gaussian_density", density_port.backend.dtype)
    density, _ = density_port(np.zeros_like(points), np.zeros_like(mean), np.eye(len(mean)))
    np.testing.assert_allclose(
        density, (2 * np.pi) ** (-len(mean) / 2), rtol=8 * np.finfo(density.dtype).eps
    )


def test_one_dimension_is_the_normal_distribution(small_port: Port):
    density, _ = small_port([[1.0]], [0.0], [[4.0]])
    assert density == pytest.approx(norm.pdf(1, 0, 2), rel=1e-6)


def test_few_ulps_where_the_distance_is_exact(small_port: Port):
    """Factor, inverse and distances are exact here: only `log`, `exp` and three sums round."""
    rng = np.random.default_rng(2)
    factor = np.eye(5) + np.diag([0.5, -0.5, 0.5, 1.0], -1)
    points, mean = rng.integers(-4, 5, (100, 5)) / 2, rng.integers(-2, 3, 5) / 2
    distances = ((points - mean) @ np.linalg.inv(factor).T).__pow__(2).sum(axis=1)
    expected = -0.5 * (5 * np.log(2 * np.pi) + distances)
    density, log_density = small_port(points, mean, factor @ factor.T)
    eps = np.finfo(density.dtype).eps
    ulps = 64 if small_port.name == "scipy_stats" else 4  # by eigenvalues nothing is exact
    np.testing.assert_allclose(log_density, expected, rtol=ulps * eps)
    np.testing.assert_allclose(density, np.exp(expected), rtol=ulps * 50 * eps)


def test_little_is_lost_in_few_dimensions(density_port: Port):
    """The bounds of spec.py are for 300 dimensions. At 10, up to 24 and 37 ulps were seen."""
    eigenvalues = density_port.name == "scipy_stats"  # 184 and 330 ulps
    outputs = {
        "density": Ulps(2048 if eigenvalues else 128, "point"),
        "log_density": Ulps(1024 if eigenvalues else 64, "point", floor=1.0, unit="nats"),
    }
    tight = replace(density_port, kernel=replace(density_port.kernel, outputs=outputs))
    arguments = inputs("gaussian_density", density_port.backend.dtype)
    assert prove_accuracy(tight, arguments) < 2048


def test_far_away_the_logarithm_does_not_underflow(density_port: Port):
    points, mean, _ = inputs("gaussian_density", density_port.backend.dtype)
    far = np.full_like(points, 1e4)
    density, log_density = density_port(far, np.zeros_like(mean), np.eye(len(mean)))
    assert (density == 0).all()
    assert log_density == pytest.approx(-len(mean) * 1e8 / 2, rel=1e-6)


def test_explicit_inverse_loses_what_a_factor_keeps():
    """In float32, at a condition of 1e6, on average over 20 covariances."""
    errors = dict.fromkeys(["numpy_inverse", "numpy_whiten", "numpy_cholesky"], 0.0)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        axes = np.linalg.qr(rng.normal(size=(20, 20)))[0]
        covariance = (axes * np.logspace(-6, 0, 20) @ axes.T).astype(np.float32)
        covariance = (covariance + covariance.T) / 2
        points = (rng.normal(size=(50, 20)) * np.logspace(-3, 0, 20) @ axes.T).astype(np.float32)
        arguments = points, np.zeros(20), covariance
        _, exact = load("gaussian_density", "numpy_cholesky")(*arguments)
        for name in errors:
            _, rounded = load("gaussian_density", name, dtype="float32")(*arguments)
            errors[name] += float(np.abs(rounded - exact).mean()) / 20
    assert errors["numpy_whiten"] < 4 * errors["numpy_cholesky"], errors
    assert errors["numpy_inverse"] > 10 * errors["numpy_cholesky"], errors


@pytest.mark.parametrize(
    ("position", "value", "message"),
    [
        (0, np.zeros((3, 9)), r"^mean: shape \(10,\) does not match \(dims=9\)$"),
        (0, np.zeros(10), r"^points: shape \(10,\); allowed: \(points, dims\)$"),
        (0, np.full((3, 10), np.nan), r"^points: nan at \[0, 0\] is not finite in float32$"),
        (1, np.zeros(9), r"^mean: shape \(9,\) does not match \(dims=10\)$"),
        (2, np.eye(9), r"^covariance: shape \(9, 9\) does not match \(dims=10, dims=10\)$"),
        (2, np.tri(10), r"^covariance: 0\.0 at \[0, 1\], 1\.0 at \[1, 0\]; allowed: symmetric$"),
        (2, -np.eye(10), "^covariance: smallest eigenvalue -1; allowed: positive definite in fl"),
        (2, np.ones((10, 10)), "^covariance: smallest eigenvalue .*; allowed: positive definite"),
    ],
)
def test_bad_input_is_refused(position: int, value, message: str):
    arguments = list(inputs("gaussian_density", "float32"))
    arguments[position] = value
    assert_refused("gaussian_density", "float32", arguments, message)
