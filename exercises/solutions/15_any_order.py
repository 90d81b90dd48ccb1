"""Equal to the bit, in any order: a solution."""

import numpy as np


def make(rng, n):
    """rng: a NumPy generator; returns weights (n, n) and x (n,), both float32."""
    weights = rng.integers(-64, 65, (n, n)) / 64
    return weights.astype(np.float32), rng.integers(-2, 3, n).astype(np.float32)
