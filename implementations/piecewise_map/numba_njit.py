"""An `if` in a loop: each element pays for its own branch and nothing else.

To Numba literals are float64: given float32 it computes in float64, and rounds at the end.
"""

import numpy as np
from numba import njit


@njit
def piecewise_map(reynolds, roughness, iterations):
    friction = np.empty_like(reynolds)  # (points,)
    for i in range(len(reynolds)):
        if reynolds[i] < 2300:
            friction[i] = 64 / reynolds[i]
        else:
            x = 7.0  # 1 / sqrt(friction)
            for _ in range(iterations):
                x = -2 * np.log10(roughness / 3.7 + 2.51 * x / reynolds[i])
            friction[i] = 1 / x**2
    return friction
