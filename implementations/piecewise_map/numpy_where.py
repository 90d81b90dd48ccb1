"""The reference: both branches are computed for every element, and `where` selects."""

import numpy as np


def piecewise_map(reynolds, roughness, iterations):
    fast = np.maximum(reynolds, 2300)  # the logarithm must exist where it is not selected, too
    x = np.full_like(reynolds, 7)  # (points,) 1 / sqrt(friction)
    for _ in range(iterations):
        x = -2 * np.log10(roughness / 3.7 + 2.51 * x / fast)
    turbulent = 1 / x**2
    laminar = 64 / reynolds
    return np.where(reynolds < 2300, laminar, turbulent)  # (points,)
