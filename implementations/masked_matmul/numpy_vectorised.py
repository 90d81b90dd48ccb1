"""The reference: vectorised NumPy, where both functions are computed for every entry."""

import numpy as np


def masked_matmul(m):
    mapped = np.where(m > 0.5, m**2, np.sqrt(m))  # (n, n)
    return mapped @ mapped
