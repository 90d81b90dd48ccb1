"""What one would use instead: scikit-learn's `GaussianMixture`, from the same start."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
from sklearn.mixture import GaussianMixture  # type: ignore[import-untyped]

from .spec import Mixture


def gaussian_mixture(points, mixture, tolerance, iterations):
    weights, means, covariances = mixture
    model = GaussianMixture(
        len(weights),
        tol=tolerance,
        reg_covar=0,
        max_iter=iterations,
        init_params="random",  # not used, and the cheapest
        weights_init=weights,
        means_init=means,
        precisions_init=np.linalg.inv(covariances),
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # tolerance 0 is never reached
        model.fit(points)
    log_likelihood = np.empty(iterations, points.dtype)  # nats per point
    log_likelihood[: model.n_iter_] = model.lower_bounds_
    log_likelihood[model.n_iter_ :] = model.lower_bounds_[-1]
    fitted = (model.weights_, model.means_, model.covariances_)
    return Mixture(*(x.astype(points.dtype) for x in fitted)), log_likelihood
