"""EM against its own promises: it climbs, it does not underflow, it stops when it is told to."""

import numpy as np
import pytest
from portstudy import Port, load
from portstudy.implementations.gaussian_mixture.spec import Mixture
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from tests.conftest import assert_refused, cases, inputs, load_edited, of_any_shape, ports

mixture_port = ports(cases("gaussian_mixture", dtypes=("float64",)))
small_port = ports(of_any_shape(cases("gaussian_mixture", dtypes=("float64",))))


def test_one_iteration_is_the_textbooks():
    points, start, _, _ = inputs("gaussian_mixture", "float64", dyadic=False)
    fitted, log_likelihood = load("gaussian_mixture", "numpy_loop")(points, start, 0.0, 1)
    log_joint = [
        np.log(w) + multivariate_normal.logpdf(points, m, c) for w, m, c in zip(*start, strict=True)
    ]
    log_density = logsumexp(log_joint, axis=0)
    assert log_likelihood[0] == pytest.approx(log_density.mean(), rel=1e-13)
    for k, share in enumerate(np.exp(log_joint - log_density)):
        assert fitted.weights[k] == pytest.approx(share.mean(), rel=1e-12)
        np.testing.assert_allclose(fitted.means[k], np.average(points, 0, share), rtol=1e-11)
        covariance = np.cov(points.T, aweights=share, ddof=0)  # around the new mean
        np.testing.assert_allclose(fitted.covariances[k], covariance, rtol=1e-11, atol=1e-13)


def test_likelihood_never_falls_and_stays_once_converged(mixture_port: Port):
    arguments = inputs("gaussian_mixture", "float64", dyadic=False)
    _, log_likelihood = mixture_port(*arguments)
    changes = np.diff(log_likelihood)
    assert (changes > -1e-12).all()
    converged = int(np.argmax(changes < arguments[2]))
    assert 5 < converged < len(changes) - 2, "both sides of convergence must be seen"
    assert (log_likelihood[converged + 1 :] == log_likelihood[-1]).all()


def test_covariance_around_the_old_means_is_larger_and_does_not_maximise(tmp_path):
    points, start, _, _ = inputs("gaussian_mixture", "float64", dyadic=False)
    edits = {" - shift[a] * shift[b]": ""}
    old = load_edited(tmp_path, "old_means", "gaussian_mixture", "numba_njit", edits)
    new = load("gaussian_mixture", "numpy_loop")
    (with_old, _), (with_new, _) = (run(points, start, 0.0, 1) for run in (old, new))
    shift = with_new.means - start.means
    larger = with_new.covariances + shift[:, :, None] * shift[:, None]
    np.testing.assert_allclose(with_old.covariances, larger, rtol=1e-12, atol=1e-14)
    then = [new(points, fitted, 0.0, 1)[1][0] for fitted in (with_old, with_new)]
    assert then[0] < then[1] - 1e-3


def test_nothing_underflows_at_50_standard_deviations(small_port: Port):
    """exp(-50**2 / 2) is 0: without logarithms the point far out would be shared by 0 / 0."""
    points = np.random.default_rng(0).normal(size=(200, 2))
    points[:100, 0] += 8.0
    points[-1] = [0.0, 50.0]
    start = Mixture([0.5, 0.5], [[0.0, 0.0], [8.0, 0.0]], [np.eye(2), np.eye(2)])
    fitted, log_likelihood = small_port(points, start, 0.0, 1)
    assert np.isfinite(log_likelihood).all()
    np.testing.assert_allclose(fitted.weights, 0.5, atol=0.01)
    assert fitted.means[0, 1] == pytest.approx(points[100:, 1].mean(), abs=0.01)


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        (dict(weights=[0.5, 0.5]), r"^mixture\.means: shape \(4, 3\) does not match \(classes=2,"),
        (dict(weights=[0.5, 0.5, 0.0, 0.0]), r"^mixture\.weights: 0\.0 at \[2\]; allowed: above 0"),
        (dict(weights=[0.5] * 4), r"^mixture\.weights: they sum to 2; allowed: 1$"),
        (dict(means=np.zeros((4, 2))), r"^mixture\.means: shape \(4, 2\) does not match \(.*3\)$"),
        (dict(covariances=np.ones((4, 3, 3))), r"^mixture\.covariances\[0\]: smallest eigenvalue"),
        (dict(tolerance=-1.0), r"^tolerance: -1\.0 nats per point; allowed: from 0$"),
        (dict(iterations=0), "^iterations: 0; allowed: integers from 1 to "),
        (dict(iterations=2.5), r"^iterations: 2\.5; allowed: integers from 1 to "),
        (dict(mixture=[1, 2]), r"^mixture: list; allowed: Mixture\(weights, means, covariances\)$"),
        (dict(points=np.zeros((5, 0))), r"^points: shape \(5, 0\) is empty; allowed: lengths fr"),
    ],
)
def test_bad_input_is_refused(spoilt: dict, message: str):
    points, start, tolerance, iterations = inputs("gaussian_mixture", "float32", dyadic=False)
    parts = {name: spoilt[name] for name in spoilt if name in Mixture._fields}
    arguments = dict(points=points, mixture=start._replace(**parts), tolerance=tolerance)
    arguments |= dict(iterations=iterations)
    arguments |= {name: value for name, value in spoilt.items() if name in arguments}
    assert_refused("gaussian_mixture", "float32", arguments.values(), message)
