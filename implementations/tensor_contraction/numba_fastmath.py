"""Loops written out, with `fastmath`, so that a register adds up many products at once."""

import numpy as np
from numba import njit


@njit(fastmath=True)
def tensor_contraction(images, kernels):
    rows = images.reshape(len(images), -1)  # (N, H W C)
    columns = kernels.reshape(len(kernels), -1)  # (L, H W C), not transposed: read along its rows
    responses = np.empty((len(images), len(kernels)), dtype=images.dtype)  # (N, L)
    for n in range(len(images)):
        for k in range(len(kernels)):
            total = images.dtype.type(0)
            for i in range(rows.shape[1]):
                total += rows[n, i] * columns[k, i]
            responses[n, k] = total
    return responses
