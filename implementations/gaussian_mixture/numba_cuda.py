"""EM on the GPU: the host queues all iterations and waits for none.

What must not be shared out by chance are the sums over all points: were each thread to add its own
to them, as an atomic operation can, the order of the additions, and so the last bits, would differ
from run to run. Here each has one thread that adds it up, in a fixed order.

A block of the GPU, a group of threads that can wait for each other and share some near memory,
takes a tile of as many points as it has threads. In its first role a thread is a point: it works
out how much of it belongs to each class, and leaves that in shared memory beside the coordinates. A
barrier, `syncthreads`: all have. In its second role the thread is an entry of the sums, which it
adds up over the points of the tile. Another barrier: all have read, and the next tile may come.

Blocks cannot wait for each other, but one kernel waits for the last. So a second one, of a single
block, adds up the blocks' sums, and does what is done for each class: with a dozen numbers to work
on it leaves the GPU idle, but to fetch them to the host would take longer. Whether EM has converged
is known on the GPU alone: the kernels queued after that find it out and return at once.

A block has 48 KB of the near memory, which holds tiles of up to 95 classes and dimensions together
in float64. The sums are those of `numba_parallel`: around the old means, with a 1 in front of the
deviation, count, shift and scatter of a class are sum r (1, x - o) (1, x - o)^T.
"""

import math

import numpy as np
from numba import cuda

from .spec import Mixture

THREADS = 64  # in a block: the points of a tile
BLOCKS = 264  # at most, two for each of an H200's 132 multiprocessors


@cuda.jit(device=True)
def whiten(weights, covariances, factors, whitening, offsets):
    """By one block: Cholesky factors of the covariances, and their inverses, lower triangular."""
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    classes, dims = covariances.shape[:2]
    for j in range(dims):  # column by column: each needs those to its left
        for row in range(thread, classes * dims, threads):
            k, i = row // dims, row % dims
            if i >= j:
                rest, diagonal = float(covariances[k, i, j]), float(covariances[k, j, j])
                for c in range(j):
                    rest -= factors[k, i, c] * factors[k, j, c]
                    diagonal -= factors[k, j, c] * factors[k, j, c]
                factors[k, i, j] = rest / math.sqrt(diagonal)
        cuda.syncthreads()  # the column is complete
    for column in range(thread, classes * dims, threads):
        k, j = column // dims, column % dims
        for i in range(dims):
            rest = 1.0 if i == j else 0.0
            for c in range(j, i):
                rest -= factors[k, i, c] * whitening[k, c, j]
            whitening[k, i, j] = rest / factors[k, i, i]
    for k in range(thread, classes, threads):
        log_root = 0.0  # half the determinant's logarithm
        for i in range(dims):
            log_root += math.log(factors[k, i, i])
        offsets[k] = math.log(weights[k]) - 0.5 * dims * math.log(2 * math.pi) - log_root


@cuda.jit
def begin(start, fitted, centres, factors, whitening, offsets, converged):
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    classes, dims = start.means.shape
    for k in range(thread, classes, threads):
        fitted.weights[k] = start.weights[k]
        centres[k, 0] = 0.0  # so that the 1 in front of the coordinates stays
        for a in range(dims):
            centres[k, 1 + a] = start.means[k, a]
    if thread == 0:
        converged[0] = False
    whiten(start.weights, start.covariances, factors, whitening, offsets)


@cuda.jit
def add_points(points, centres, whitening, offsets, converged, totals, sums):
    if converged[0]:
        return
    thread, block = cuda.threadIdx.x, cuda.blockIdx.x
    classes, size = centres.shape  # 1 + dims
    entries = classes * size * size
    zero, one, half = points.dtype.type(0), points.dtype.type(1), points.dtype.type(0.5)
    shared = cuda.shared.array(0, points.dtype)
    x = shared[: size * THREADS]  # (1 + dims, THREADS), of which the first row is 1
    shares = shared[size * THREADS :]  # (classes, THREADS)

    for entry in range(thread, entries, THREADS):
        sums[block, entry] = zero
    total = zero
    for start in range(block * THREADS, len(points), cuda.gridDim.x * THREADS):
        # A point: how much of it belongs to each class. There may be none left for this thread.
        n = min(start + thread, len(points) - 1)
        x[thread] = one
        for a in range(1, size):
            x[a * THREADS + thread] = points[n, a - 1]
        largest = offsets.dtype.type(-np.inf)
        for k in range(classes):
            distance = zero  # squared, in standard deviations
            for a in range(1, size):
                whitened = zero
                for b in range(1, a + 1):
                    deviation = x[b * THREADS + thread] - centres[k, b]
                    whitened += whitening[k, a - 1, b - 1] * deviation
                distance += whitened * whitened
            shares[k * THREADS + thread] = offsets[k] - half * distance
            largest = max(largest, shares[k * THREADS + thread])
        density = zero
        for k in range(classes):
            share = math.exp(shares[k * THREADS + thread] - largest)
            shares[k * THREADS + thread] = share
            density += share
        for k in range(classes):
            if start + thread < len(points):
                shares[k * THREADS + thread] /= density
            else:
                shares[k * THREADS + thread] = zero
        if start + thread < len(points):
            total += largest + math.log(density)
        cuda.syncthreads()  # all points of the tile are there

        # An entry: sum r (1, x - o)_a (1, x - o)_b of class k, of which b <= a is enough.
        for entry in range(thread, entries, THREADS):
            k, a, b = entry // (size * size), entry // size % size, entry % size
            if b <= a:
                product = zero
                for p in range(THREADS):
                    first = x[a * THREADS + p] - centres[k, a]
                    second = x[b * THREADS + p] - centres[k, b]
                    product += shares[k * THREADS + p] * first * second
                sums[block, entry] += product
        cuda.syncthreads()  # all have read the tile

    shares[thread] = total
    cuda.syncthreads()
    if thread == 0:
        for other in range(1, THREADS):
            total += shares[other]
        totals[block] = total


@cuda.jit
def fit(iteration, points, tolerance, totals, sums, added, fitted, centres, factors, whitening,
        offsets, log_likelihood, converged):  # fmt: skip
    if converged[0]:
        return
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    weights, means, covariances = fitted
    classes, dims = means.shape
    size = 1 + dims
    for entry in range(thread, classes * size * size, threads):
        added[entry] = 0.0
        for block in range(len(sums)):
            added[entry] += sums[block, entry]
    cuda.syncthreads()  # all sums are complete
    for row in range(thread, classes * dims, threads):
        k, a = row // dims, row % dims
        of_class = added[k * size * size : (k + 1) * size * size]
        count = of_class[0]
        shift = of_class[size * (1 + a)] / count  # from the old mean to the new
        for b in range(a + 1):
            product = of_class[size * (1 + a) + 1 + b] / count
            product -= shift * of_class[size * (1 + b)] / count
            covariances[k, a, b] = covariances[k, b, a] = product
        centres[k, 1 + a] += shift
        means[k, a] = centres[k, 1 + a]
        weights[k] = count / points
    cuda.syncthreads()  # and the classes
    whiten(weights, covariances, factors, whitening, offsets)
    if thread == 0:
        total = 0.0
        for block in range(len(totals)):
            total += totals[block]
        for later in range(iteration, len(log_likelihood)):
            log_likelihood[later] = total / points
        if iteration > 0:
            change = abs(log_likelihood[iteration] - log_likelihood[iteration - 1])
            converged[0] = change < tolerance


def gaussian_mixture(points, mixture, tolerance, iterations):
    classes, dims = mixture.means.shape
    entries = classes * (1 + dims) * (1 + dims)
    blocks = min(BLOCKS, math.ceil(len(points) / THREADS))
    shared = (1 + dims + classes) * THREADS * points.dtype.itemsize  # bytes
    fitted = Mixture(*(cuda.device_array_like(x) for x in mixture))
    centres = cuda.device_array((classes, 1 + dims), points.dtype)
    factors = cuda.device_array((classes, dims, dims), np.float64)
    whitening = cuda.device_array((classes, dims, dims), points.dtype)
    offsets = cuda.device_array(classes, points.dtype)
    totals = cuda.device_array(blocks, points.dtype)
    sums = cuda.device_array((blocks, entries), points.dtype)
    added = cuda.device_array(entries, np.float64)
    converged = cuda.device_array(1, np.bool_)
    log_likelihood = cuda.device_array(iterations, points.dtype)  # nats per point
    begin[1, THREADS](mixture, fitted, centres, factors, whitening, offsets, converged)
    for i in range(iterations):
        add_points[blocks, THREADS, 0, shared](
            points, centres, whitening, offsets, converged, totals, sums
        )
        fit[1, THREADS](
            i, len(points), tolerance, totals, sums, added, fitted, centres, factors, whitening,
            offsets, log_likelihood, converged,
        )  # fmt: skip
    return fitted, log_likelihood
