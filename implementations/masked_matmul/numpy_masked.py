"""Each function only where it is needed, into one array: `where=` and `out=` of the ufuncs."""

import numpy as np


def masked_matmul(m):
    above = m > 0.5  # (n, n) bool
    mapped = np.empty_like(m)  # (n, n)
    np.square(m, out=mapped, where=above)
    np.sqrt(m, out=mapped, where=~above)
    return mapped @ mapped
