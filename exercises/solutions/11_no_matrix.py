"""A quadratic form for many points: a solution."""

import numpy as np


def quadratic(x, a):
    """x (points, dims), a (dims, dims); returns (points,)."""
    return np.einsum("ni,ij,nj->n", x, a, x)
