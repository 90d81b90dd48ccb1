"""Numba, the step factored: what does not depend on time is worked out before the loop.

Each step waits for the last, so its time is that of the longest chain of operations in it: five
as the reference writes it, two when they are factored and the compiler may fuse them. The condition
is no part of that chain: the next step is under way before it is known.
"""

import numpy as np
from numba import njit


@njit(fastmath={"contract"})
def lotka_volterra_until(state, parameters, max_steps):
    dt, alpha, beta, gamma, delta = parameters
    count = 0
    prey, predators = state[0], state[1]  # thousands
    # Per step: births per prey, prey eaten per predator, deaths per predator, predators per prey.
    born, eaten, died, raised = dt * alpha, dt * beta, dt * gamma, dt * delta
    while count < max_steps and beta * predators < alpha:
        # The sum 1 + born would be rounded, in every step alike: hence prey + prey * (...).
        prey, predators = (
            prey + prey * (born - eaten * predators),
            predators + predators * (raised * prey - died),
        )
        count += 1
    return np.array([prey, predators]), np.array(count, dtype=np.int32)
