"""One parallel pass over blocks of points, coordinates in rows, with an `exp` that vectorises.

Each chunk of points has its own sums, added up in order: the result does not depend on which
thread was first. The sums are taken around the old means, as in `numba_njit`.
"""

import math

import numpy as np
from numba import njit, prange

from implementations.gaussian_mixture.spec import Mixture

BLOCK = 256  # points: all that is computed of them stays in the cache
CHUNKS = 32  # of whole blocks, spread over the threads


@njit
def exp_of_negative(x):
    """No call, so that it vectorises: exp x = 2 ** power * exp r, and a polynomial for exp r."""
    x = max(x, -708.0)  # below, a float64 is denormal
    power = np.floor(x * 1.4426950408889634 + 0.5)
    r = x - power * 0.693147180369123816490 - power * 1.90821492927058770002e-10  # |r| < 0.347
    y = 1 / 6227020800
    y = y * r + 1 / 479001600
    y = y * r + 1 / 39916800
    y = y * r + 1 / 3628800
    y = y * r + 1 / 362880
    y = y * r + 1 / 40320
    y = y * r + 1 / 5040
    y = y * r + 1 / 720
    y = y * r + 1 / 120
    y = y * r + 1 / 24
    y = y * r + 1 / 6
    y = y * r + 0.5
    y = y * r + 1.0
    y = y * r + 1.0
    return y * np.int64((np.int64(power) + 1023) << 52).view(np.float64)  # 2 ** power, by its bits


@njit(parallel=True, fastmath={"reassoc", "contract", "nsz"})
def one_pass(columns, means, whitening, offsets):
    dims, points = columns.shape
    classes = len(means)
    blocks = (points + BLOCK - 1) // BLOCK
    total = np.zeros(CHUNKS)
    counts = np.zeros((CHUNKS, classes))
    shifts = np.zeros((CHUNKS, classes, dims))
    scatter = np.zeros((CHUNKS, classes, dims, dims))
    for chunk in prange(CHUNKS):
        x = np.empty((dims, BLOCK))
        deviation = np.empty((dims, BLOCK))
        whitened = np.empty(BLOCK)
        log_joint = np.empty((classes, BLOCK))
        largest = np.empty(BLOCK)
        density = np.empty(BLOCK)
        for block in range(chunk * blocks // CHUNKS, (chunk + 1) * blocks // CHUNKS):
            start = block * BLOCK
            size = min(BLOCK, points - start)
            for a in range(dims):
                for p in range(size):
                    x[a, p] = columns[a, start + p]
            for p in range(size):
                largest[p] = -np.inf
                density[p] = 0.0
            for k in range(classes):
                for p in range(size):
                    log_joint[k, p] = offsets[k]
                for a in range(dims):
                    for p in range(size):
                        whitened[p] = whitening[k, a, a] * (x[a, p] - means[k, a])
                    for b in range(a):
                        for p in range(size):
                            whitened[p] += whitening[k, a, b] * (x[b, p] - means[k, b])
                    for p in range(size):
                        log_joint[k, p] -= 0.5 * whitened[p] * whitened[p]
                for p in range(size):
                    largest[p] = max(largest[p], log_joint[k, p])
            for k in range(classes):
                for p in range(size):
                    log_joint[k, p] = exp_of_negative(log_joint[k, p] - largest[p])
                    density[p] += log_joint[k, p]
            for p in range(size):
                total[chunk] += largest[p] + math.log(density[p])
            for k in range(classes):
                count = 0.0
                for p in range(size):
                    log_joint[k, p] /= density[p]  # from here on the responsibility
                    count += log_joint[k, p]
                counts[chunk, k] += count
                for a in range(dims):
                    shift = 0.0
                    for p in range(size):
                        deviation[a, p] = x[a, p] - means[k, a]
                        whitened[p] = log_joint[k, p] * deviation[a, p]
                        shift += whitened[p]
                    shifts[chunk, k, a] += shift
                    for b in range(a + 1):
                        product = 0.0
                        for p in range(size):
                            product += whitened[p] * deviation[b, p]
                        scatter[chunk, k, a, b] += product
    return total, counts, shifts, scatter


@njit
def gaussian_mixture(points, mixture, tolerance, iterations):
    weights, means, covariances = mixture.weights, mixture.means, mixture.covariances
    classes, dims = means.shape
    columns = points.T.copy()  # (dims, points)
    log_likelihood = np.empty(iterations, points.dtype)  # nats per point
    for i in range(iterations):
        whitening = np.empty((classes, dims, dims))  # lower triangular
        offsets = np.empty(classes)
        for k in range(classes):
            factor = np.linalg.cholesky(covariances[k])  # (dims, dims)
            whitening[k] = np.linalg.inv(factor)
            log_root = np.log(np.diag(factor)).sum()  # half the determinant's logarithm
            offsets[k] = math.log(weights[k]) - 0.5 * dims * math.log(2 * math.pi) - log_root
        total, counts, shifts, scatter = one_pass(columns, means, whitening, offsets)
        log_likelihood[i:] = total.sum() / len(points)

        count = counts.sum(axis=0)  # (classes,)
        weights = (count / len(points)).astype(points.dtype)
        fitted_means, fitted_covariances = np.empty_like(means), np.empty_like(covariances)
        for k in range(classes):
            shift = shifts[:, k].sum(axis=0) / count[k]  # (dims,) from the old mean to the new
            second = scatter[:, k].sum(axis=0) / count[k]  # (dims, dims)
            for a in range(dims):
                fitted_means[k, a] = means[k, a] + shift[a]
                for b in range(a + 1):
                    covariance = second[a, b] - shift[a] * shift[b]
                    fitted_covariances[k, a, b] = fitted_covariances[k, b, a] = covariance
        means, covariances = fitted_means, fitted_covariances
        if i > 0 and abs(log_likelihood[i] - log_likelihood[i - 1]) < tolerance:
            break
    return Mixture(weights, means, covariances), log_likelihood
