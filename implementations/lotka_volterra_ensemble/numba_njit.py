"""Numba, one run after the other: each is a chain in which every step waits for the last."""

import numpy as np
from numba import njit


@njit
def lotka_volterra_ensemble(state, parameters, steps):
    dt, alpha, beta, gamma, delta = parameters
    end = np.empty_like(state)  # (2, runs) thousands
    for run in range(state.shape[1]):
        prey, predators = state[0, run], state[1, run]  # thousands
        for _ in range(steps):
            born = alpha[run] * prey - beta[run] * prey * predators  # thousands / year
            fed = delta[run] * prey * predators - gamma[run] * predators  # thousands / year
            prey, predators = prey + dt * born, predators + dt * fed
        end[0, run], end[1, run] = prey, predators
    return end
