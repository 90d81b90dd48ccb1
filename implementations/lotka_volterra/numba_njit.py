"""The reference's loop, compiled by Numba: the populations stay in two registers."""

import numpy as np
from numba import njit


@njit
def lotka_volterra(state, parameters, steps, trajectory):
    dt, alpha, beta, gamma, delta = parameters
    path = np.empty((steps if trajectory else 0, 2), dtype=state.dtype)
    prey, predators = state[0], state[1]  # thousands
    for step in range(steps):
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        if trajectory:
            path[step, 0], path[step, 1] = prey, predators
    return path, np.array([prey, predators])
