"""The map is a loop with an `if`: one function per entry; the product stays with BLAS."""

import numpy as np
from numba import njit


@njit
def masked_matmul(m):
    mapped = np.empty_like(m)  # (n, n)
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            if m[i, j] > 0.5:
                mapped[i, j] = m[i, j] ** 2
            else:
                mapped[i, j] = np.sqrt(m[i, j])
    return mapped @ mapped
