"""A mixture of multivariate normal distributions, fitted to points by expectation maximisation.

With weights w_k, means m_k and covariances C_k of each class k (Bishop, Pattern Recognition and
Machine Learning, 2006, section 9.2.2, eq. 9.23 to 9.28), one iteration is, in this order:

    E   l_kn = log w_k + log N(x_n | m_k, C_k)      by Cholesky, as in gaussian_density
        l_n = log sum_k exp l_kn                    the largest taken out: nothing underflows
        r_kn = exp(l_kn - l_n)                      responsibility of class k for point n
        L = mean_n l_n                              this iteration's log-likelihood, nats per point
    M   N_k = sum_n r_kn,    w_k = N_k / points
        m_k = sum_n r_kn x_n / N_k
        C_k = sum_n r_kn (x_n - m_k) (x_n - m_k)^T / N_k

The covariances use the new means: that is what maximises. With the old ones o_k they would be
larger by (m_k - o_k) (m_k - o_k)^T, and the likelihood might fall from one iteration to the next.
Nothing is added to them: a class left with fewer points than dimensions has none.

EM has converged, and stops after the M-step, when L changes by less than `tolerance` nats per point
from one iteration to the next. As a difference of logarithms that is a relative change of the
likelihood: it depends neither on the unit of the points nor on how many there are. With
`tolerance` 0 all `iterations` are made. `log_likelihood` (iterations,) holds each L; after
convergence the last is repeated.

There are no dyadic inputs: `exp` and `log` differ in the last bit from library to library.
"""

from typing import Any, NamedTuple

import numpy as np
from portstudy import EXPONENTIAL, Array, InvalidInput, Kernel, Scalar, Size, Traffic, Ulps, Work
from portstudy.implementations.gaussian_density.spec import check_covariance


class Mixture(NamedTuple):
    """What is fitted."""

    weights: Any  # (classes,) which sum to 1
    means: Any  # (classes, dims)
    covariances: Any  # (classes, dims, dims)


def make_inputs(
    rng: np.random.Generator,
    *,
    points: int,
    dims: int,
    classes: int,
    iterations: int,
    tolerance: float = 0.0,
) -> tuple:
    """Overlapping clouds of points, and a start that lies beside them."""
    centres = rng.normal(scale=4 / np.sqrt(dims), size=(classes, dims)) * 2
    shapes = np.eye(dims) + rng.uniform(-0.5, 0.5, (classes, dims, dims)) / np.sqrt(dims)
    of = rng.integers(classes, size=points)
    cloud = centres[of] + np.einsum("nij,nj->ni", shapes[of], rng.normal(size=(points, dims)))
    start = Mixture(
        np.full(classes, 1 / classes),
        centres + rng.uniform(-0.5, 0.5, (classes, dims)),
        np.tile(2 * np.eye(dims), (classes, 1, 1)),
    )
    return cloud, start, tolerance, iterations


def check(points: np.ndarray, mixture: Mixture, tolerance: Any, iterations: int) -> None:
    """Weights that sum to 1, and covariances that are some."""
    for k, covariance in enumerate(mixture.covariances):
        check_covariance(f"mixture.covariances[{k}]", covariance)
    total = float(mixture.weights.sum(dtype=np.float64))
    if abs(total - 1) > np.sqrt(np.finfo(points.dtype).eps):
        raise InvalidInput(f"mixture.weights: they sum to {total:.6g}; allowed: 1")


def alive(arguments: tuple, outputs: tuple) -> None:
    """An EM that does not climb, or whose classes are one, would prove nothing."""
    _, start, _, _ = arguments
    (weights, means, _), log_likelihood = outputs
    assert weights.min() > 1e-3, f"a class of weight {weights.min():.3g}; expected above 0.001"
    assert (np.abs(means - start.means).max(axis=1) > 1e-3).all(), "the mean of a class stayed"
    climbed = float(log_likelihood[-1] - log_likelihood[0])
    assert climbed > 0.01, f"the log-likelihood rose by {climbed:.3g} nats; expected above 0.01"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Points are read once an iteration; each is whitened, weighed and added for each class."""
    points, mixture, _, _ = arguments
    *_, log_likelihood = outputs
    iterations = 1 + int(np.count_nonzero(np.diff(log_likelihood)))
    n, d = points.shape
    for_a_class = d * (d + 2) + EXPONENTIAL + d * (d + 1) + 2 * d + 4  # E, then half of C, m, N
    operations = iterations * n * (len(mixture.weights) * for_a_class + EXPONENTIAL)
    return Work((Traffic(iterations * points.nbytes, points.nbytes),), operations)


# An iteration feeds on the last one's rounding errors: those of sums over all points, and what 20
# iterations that have not converged make of them. Measured on 10,000 points, between ports that are
# right: up to 163 ulps in float64 and 671 in float32; at size large, after 50 iterations on 100,000
# points, scikit-learn differs by 2,300 in float64. There these bounds are 9e-13.
gaussian_mixture = Kernel(
    arguments={
        "points": Array("points", "dims"),
        "mixture": Mixture(
            weights=Array("classes", above=0),
            means=Array("classes", "dims"),
            covariances=Array("classes", "dims", "dims"),
        ),
        "tolerance": Scalar(at_least=0, unit="nats per point"),
        "iterations": Size(at_least=1),
    },
    inputs=make_inputs,
    outputs={
        "mixture": Mixture(
            weights=Ulps(4096, "class"),
            means=Ulps(4096, "class", "dim", floor=1.0),
            covariances=Ulps(4096, "class", "dim", "dim", floor=1.0),
        ),
        "log_likelihood": Ulps(256, "iteration", unit="nats"),
    },
    sizes={
        "small": dict(points=10_000, dims=2, classes=8, iterations=20),
        "large": dict(points=100_000, dims=2, classes=8, iterations=50),
        "wide": dict(points=100_000, dims=16, classes=8, iterations=10),
        "check": dict(points=500, dims=3, classes=4, iterations=20, tolerance=1.3e-4),
    },
    reference="numpy_loop",
    check=check,
    alive=alive,
    work=work,
    peers=("sklearn_em",),
)
