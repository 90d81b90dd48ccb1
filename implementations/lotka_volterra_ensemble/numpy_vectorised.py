"""The reference: all runs take a step together, a few operations on long arrays."""

import numpy as np


def lotka_volterra_ensemble(state, parameters, steps):
    dt, alpha, beta, gamma, delta = parameters
    prey, predators = state  # (runs,) thousands
    for _ in range(steps):
        born = alpha * prey - beta * prey * predators  # (runs,) thousands / year
        fed = delta * prey * predators - gamma * predators  # (runs,) thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
    return np.stack((prey, predators))
