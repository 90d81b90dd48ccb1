"""One parallel pass over blocks of points, coordinates in rows, with an `exp` that vectorises.

Only what is done for each point is compiled. What is done for each class stays in NumPy: it takes
no time, and Numba would take longer to compile it than all the rest. The loop of a block over its
points is always the innermost one and its length is known, so each becomes a few vector
instructions. The sums are taken around the old means, as in `numba_njit`: with a 1 in front of the
deviation, count, shift and scatter of a class are the entries of one symmetric matrix,
sum r (1, x - o) (1, x - o)^T.
"""

import math

import numpy as np
from numba import njit, prange

from ._exponential import exp_of_negative
from .spec import Mixture

BLOCK = 128  # points: all that is computed of them stays in the nearest cache
CHUNKS = 32  # of whole blocks, each with sums of its own: they do not depend on who was first


@njit(fastmath={"reassoc", "contract", "nsz"})
def add_up(chunk, blocks, points, means, whitening, offsets, total, sums):
    classes, dims = means.shape
    deviations = np.empty((1 + dims, BLOCK))
    deviations[0] = 1.0
    shares = np.empty((classes, BLOCK))
    whitened, weighted = np.empty(BLOCK), np.empty(BLOCK)
    largest, density, inverse = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    for block in range(chunk * len(blocks) // CHUNKS, (chunk + 1) * len(blocks) // CHUNKS):
        largest[:] = -np.inf
        density[:] = 0.0
        for k in range(classes):
            share = shares[k]  # at first the logarithm of the joint density
            share[:] = offsets[k]
            for a in range(dims):
                x, deviation = blocks[block, a], deviations[1 + a]
                mean, factor = means[k, a], whitening[k, a, a]
                for p in range(BLOCK):
                    deviation[p] = x[p] - mean
                    whitened[p] = factor * deviation[p]
                for b in range(a):
                    deviation, factor = deviations[1 + b], whitening[k, a, b]
                    for p in range(BLOCK):
                        whitened[p] += factor * deviation[p]
                for p in range(BLOCK):
                    share[p] -= 0.5 * whitened[p] * whitened[p]
            for p in range(BLOCK):
                largest[p] = share[p] if share[p] > largest[p] else largest[p]
        for k in range(classes):
            share = shares[k]
            for p in range(BLOCK):
                share[p] = exp_of_negative(share[p] - largest[p])
                density[p] += share[p]
        for p in range(BLOCK):
            inverse[p] = 1 / density[p]
        for p in range(points - block * BLOCK, BLOCK):  # none, but in the last block
            largest[p], density[p], inverse[p] = 0.0, 1.0, 0.0
        for k in range(classes):
            share = shares[k]
            for p in range(BLOCK):
                share[p] *= inverse[p]
            for a in range(1 + dims):
                x, deviation, mean = blocks[block, a - 1], deviations[a], means[k, a - 1]
                if a > 0:
                    for p in range(BLOCK):
                        deviation[p] = x[p] - mean
                for p in range(BLOCK):
                    weighted[p] = share[p] * deviation[p]
                for b in range(1 + a):
                    deviation, product = deviations[b], 0.0
                    for p in range(BLOCK):
                        product += weighted[p] * deviation[p]
                    sums[chunk, k, a, b] += product
        # A logarithm is a call. Each density lies between 1 and the number of classes, so that 32
        # of them can be multiplied first, without overflow for up to 2**31 classes.
        length = BLOCK
        while length > BLOCK // 32:
            length //= 2
            for p in range(length):
                density[p] *= density[length + p]
        for p in range(length):
            total[chunk] += math.log(density[p])
        for p in range(BLOCK):
            total[chunk] += largest[p]


@njit(parallel=True)
def one_pass(blocks, points, means, whitening, offsets, total, sums):
    for chunk in prange(CHUNKS):
        add_up(chunk, blocks, points, means, whitening, offsets, total, sums)


def in_blocks(points):
    """(blocks, dims, BLOCK) float64, zeros behind the last point."""
    dims = points.shape[1]
    rows = np.zeros((math.ceil(len(points) / BLOCK) * BLOCK, dims))
    rows[: len(points)] = points
    return rows.reshape(-1, BLOCK, dims).swapaxes(1, 2).copy()


def gaussian_mixture(points, mixture, tolerance, iterations):
    weights, means, covariances = (x.astype(np.float64) for x in mixture)
    classes, dims = means.shape
    blocks = in_blocks(points)
    log_likelihood = np.empty(iterations, points.dtype)  # nats per point
    for i in range(iterations):
        factors = np.linalg.cholesky(covariances)  # (classes, dims, dims) lower triangular
        whitening = np.linalg.inv(factors)  # (classes, dims, dims) lower triangular
        log_roots = np.log(np.einsum("kii->ki", factors)).sum(axis=1)  # half the determinants'
        offsets = np.log(weights) - 0.5 * dims * math.log(2 * math.pi) - log_roots  # (classes,)
        total, sums = np.zeros(CHUNKS), np.zeros((CHUNKS, classes, 1 + dims, 1 + dims))
        one_pass(blocks, len(points), means, whitening, offsets, total, sums)
        log_likelihood[i:] = total.sum() / len(points)

        sums = sums.sum(axis=0)  # (classes, 1 + dims, 1 + dims), of which the lower triangle is set
        counts = sums[:, 0, 0]  # (classes,)
        weights = counts / len(points)
        shifts = sums[:, 1:, 0] / counts[:, None]  # (classes, dims) from the old means to the new
        means = means + shifts  # (classes, dims)
        scatter = sums[:, 1:, 1:] / counts[:, None, None]
        lower = np.tril(scatter - shifts[:, :, None] * shifts[:, None])
        covariances = lower + np.tril(lower, -1).mT  # (classes, dims, dims)
        if i > 0 and abs(log_likelihood[i] - log_likelihood[i - 1]) < tolerance:
            break
    fitted = Mixture(*(x.astype(points.dtype) for x in (weights, means, covariances)))
    return fitted, log_likelihood
