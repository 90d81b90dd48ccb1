"""Equal to the bit, in any order: the check."""

import numpy as np


def check(task):
    rng = np.random.default_rng(0)
    weights, x = task.make(rng, 1000)
    assert weights.dtype == x.dtype == np.float32, f"{weights.dtype} and {x.dtype}, not float32"
    assert weights.shape == (1000, 1000), f"weights of shape {weights.shape}"
    assert x.shape == (1000,), f"x of shape {x.shape}"
    assert len(np.unique(weights)) >= 100, f"only {len(np.unique(weights))} different weights"
    assert (weights % 1 != 0).any(), "all weights are integers"
    assert len(np.unique(x)) > 1, "all values of x are the same"
    exact = weights.astype(np.float64) @ x.astype(np.float64)
    for name, order in (("rising", slice(None)), ("falling", slice(None, None, -1))):
        total = np.zeros(1000, np.float32)
        for product in (weights * x)[:, order].T:
            total = total + product
        wrong = np.flatnonzero(total != exact)
        assert not len(wrong), (
            f"row {wrong[0]} depends on the order: {name} gives {total[wrong[0]]}"
        )
    largest = np.abs(weights).astype(np.float64) @ np.abs(x).astype(np.float64)
    grain = np.min(np.abs(weights[weights != 0])) * np.min(np.abs(x[x != 0]))
    assert largest.max() / grain <= 2**24, "a sum may need more than float32's 24 bits"
