"""Numba, the step factored: what does not depend on time is worked out before the loop.

Each step waits for the last, so its time is that of the longest chain of operations in it: five
as the reference writes it, two when they are factored and the compiler may fuse them.
"""

import numpy as np
from numba import njit


@njit(fastmath={"contract"})
def lotka_volterra(state, parameters, steps, trajectory):
    dt, alpha, beta, gamma, delta = parameters
    path = np.empty((steps if trajectory else 0, 2), dtype=state.dtype)
    prey, predators = state[0], state[1]  # thousands
    # Per step: births per prey, prey eaten per predator, deaths per predator, predators per prey.
    born, eaten, died, raised = dt * alpha, dt * beta, dt * gamma, dt * delta
    for step in range(steps):
        # The sum 1 + born would be rounded, in every step alike: hence prey + prey * (...).
        prey, predators = (
            prey + prey * (born - eaten * predators),
            predators + predators * (raised * prey - died),
        )
        if trajectory:
            path[step, 0], path[step, 1] = prey, predators
    return path, np.array([prey, predators])
