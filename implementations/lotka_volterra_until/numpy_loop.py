"""The reference: a Python `while` loop of NumPy's operations, on single numbers."""

import numpy as np


def lotka_volterra_until(state, parameters, max_steps):
    dt, alpha, beta, gamma, delta = parameters
    count = 0
    prey, predators = state  # thousands
    while count < max_steps and beta * predators < alpha:
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        count += 1
    return np.array([prey, predators]), np.int32(count)
