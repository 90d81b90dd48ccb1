"""The same as loops, compiled: nothing of the size (bodies, bodies) is ever stored."""

import numpy as np
from numba import njit, prange


@njit(parallel=True)
def acceleration(positions, masses, softening):
    pull = np.zeros_like(positions)
    for i in prange(len(positions)):
        for j in range(len(positions)):
            x = positions[j, 0] - positions[i, 0]
            y = positions[j, 1] - positions[i, 1]
            z = positions[j, 2] - positions[i, 2]
            distance = np.sqrt(x * x + y * y + z * z + softening**2)
            strength = masses[j] / distance**3
            pull[i, 0] += strength * x
            pull[i, 1] += strength * y
            pull[i, 2] += strength * z
    return pull
