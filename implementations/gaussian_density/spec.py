"""Density and log-density of a multivariate normal distribution at many points.

In k dimensions, with mean m and covariance C (Bishop, Pattern Recognition and Machine Learning,
2006, eq. 2.43):

    N(x | m, C) = (2 pi) ** (-k/2)  |C| ** (-1/2)  exp(-q/2),    q = (x - m)^T C^-1 (x - m)

The constant is `(2 pi) ** (-k/2)`; `2 * pi ** (-k/2)`, an easy slip, is wrong for every k.
Everything is computed in logarithms, which neither overflow nor underflow:

    1. C = L L^T                             Cholesky; L is lower triangular
    2. log |C| = 2 sum_i log L_ii
    3. z = L^-1 (x - m)                      whitened: uncorrelated, of variance 1
    4. q = z^T z                             the squared Mahalanobis distance
    5. log N = -(k log(2 pi) + log |C| + q) / 2,    N = exp(log N)

`points` (points, dims) and `mean` (dims,) are in any unit, `covariance` (dims, dims) in its square;
the density is per unit to the power of k, the log-density in nats.

There are no dyadic inputs: `log` and `exp` differ in the last bit from library to library. Their
arguments can be made exact: tests/test_gaussian_density.py does so, and allows a few ulps.

Left out: Numba with an explicit inverse and torch with `vmap`, which would teach nothing new.
"""

import numpy as np
from portstudy import EXPONENTIAL, Array, InvalidInput, Kernel, Ulps, Work, moved


def make_inputs(rng: np.random.Generator, *, points: int, dims: int) -> tuple:
    """Points drawn from the distribution itself, whose principal variances differ by up to 4.

    The unit is such that the density is about 1 where the points are, in any number of dimensions:
    with variances around 1 it would be 1e-185 at 300, which float32 cannot represent.
    """
    axes = np.linalg.qr(rng.normal(size=(dims, dims)))[0]  # principal axes, in columns
    variances = 2 ** rng.uniform(-1, 1, dims) / (2 * np.pi * np.e)
    mean = rng.uniform(-1, 1, dims)
    standard = rng.normal(size=(points, dims))  # uncorrelated, of variance 1
    covariance = axes * variances @ axes.T
    return mean + standard * np.sqrt(variances) @ axes.T, mean, (covariance + covariance.T) / 2


def check(points: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> None:
    """A covariance that is one."""
    check_covariance("covariance", covariance)


def check_covariance(name: str, covariance: np.ndarray) -> None:
    """Refuse a matrix (dims, dims) that is no covariance, or a degenerate one."""
    rounding = 16 * np.spacing(np.abs(covariance).max())  # what a fit returns may be fed back
    different = np.argwhere(np.abs(covariance - covariance.T) > rounding)
    if len(different):
        i, j = (int(index) for index in different[0])
        raise InvalidInput(
            f"{name}: {covariance[i, j]} at {[i, j]}, {covariance[j, i]} at {[j, i]}; "
            "allowed: symmetric"
        )
    try:
        np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        smallest = np.linalg.eigvalsh(covariance.astype(np.float64))[0]
        raise InvalidInput(
            f"{name}: smallest eigenvalue {smallest:.3g}; allowed: positive definite "
            f"in {covariance.dtype}"
        ) from None


def alive(arguments: tuple, outputs: tuple) -> None:
    """Densities that are all zero or the same would prove nothing."""
    density, log_density = outputs
    assert (density > 0).all(), f"{(density == 0).sum()} of {density.size} densities underflow"
    spread = float(log_density.max() - log_density.min())
    assert spread > 1, f"all log-densities lie within {spread:.3g} nats; expected more than 1"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Per point a triangular solve and an exponential, and the factor itself once."""
    points, _, covariance = arguments
    n, k = points.shape
    operations = n * (k * (k + 3) + EXPONENTIAL) + k**3 / 3
    return Work((moved(points, covariance, outputs),), operations)


# The log-density is the small difference of terms that grow with the number of dimensions: some 850
# nats at 300, an ulp of which is 512 of those of 1 nat. There, ports by Cholesky or inverse differ
# by up to 1,920 ulps of 1 nat in float64 and 2,100 in float32, the eigenvalues of scipy.stats by
# 12,400; the density differs, relatively, by as much as that and its own rounding. In float64 these
# bounds are 4e-12 and 1e-11. For few dimensions they are far too wide, so that
# tests/test_gaussian_density.py holds 10 dimensions to 64 and 128 ulps.
gaussian_density = Kernel(
    arguments={
        "points": Array("points", "dims"),
        "mean": Array("dims"),
        "covariance": Array("dims", "dims"),
    },
    inputs=make_inputs,
    outputs={
        "density": Ulps(65_536, "point"),
        "log_density": Ulps(16_384, "point", floor=1.0, unit="nats"),
    },
    sizes={
        "small": dict(points=5_000, dims=50),
        "large": dict(points=20_000, dims=300),
        "check": dict(points=100, dims=10),  # 100 points: no whole number of blocks
    },
    reference="numpy_cholesky",
    check=check,
    alive=alive,
    work=work,
    peers=("scipy_stats", "jax_scipy_stats", "torch_distributions"),
)
