"""The reference: a Python loop whose every operation is NumPy's, on single numbers."""

import numpy as np


def lotka_volterra(state, parameters, steps, trajectory):
    dt, alpha, beta, gamma, delta = parameters
    path = np.empty((steps if trajectory else 0, 2), dtype=state.dtype)
    prey, predators = state  # thousands
    for step in range(steps):
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        if trajectory:
            path[step] = prey, predators
    return path, np.array([prey, predators])
