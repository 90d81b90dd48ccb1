"""The reference's loop, compiled by Numba: populations, count and condition stay in registers."""

import numpy as np
from numba import njit


@njit
def lotka_volterra_until(state, parameters, max_steps):
    dt, alpha, beta, gamma, delta = parameters
    count = 0
    prey, predators = state[0], state[1]  # thousands
    while count < max_steps and beta * predators < alpha:
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        count += 1
    return np.array([prey, predators]), np.array(count, dtype=np.int32)
