"""Numba, steps outside and runs inside: neighbours go into one vector register.

The runs are taken in blocks so small that all that a step touches stays in the nearest cache, and
a block takes all its steps before the next begins. The step is factored as in
lotka_volterra/numba_factored.py.
"""

from numba import njit

BLOCK = 128  # runs


@njit(fastmath={"contract"})
def solve(prey, predators, born, eaten, died, raised, steps):
    for _ in range(steps):
        for i in range(len(prey)):
            before = prey[i]  # thousands
            prey[i] += before * (born[i] - eaten[i] * predators[i])
            predators[i] += predators[i] * (raised[i] * before - died[i])


@njit
def lotka_volterra_ensemble(state, parameters, steps):
    dt, alpha, beta, gamma, delta = parameters
    # Per step: births per prey, prey eaten per predator, deaths per predator, predators per prey.
    born, eaten, died, raised = dt * alpha, dt * beta, dt * gamma, dt * delta  # (runs,)
    runs = state.shape[1]
    end = state.copy()  # (2, runs) thousands
    for block in range((runs + BLOCK - 1) // BLOCK):
        own = slice(block * BLOCK, min(runs, (block + 1) * BLOCK))
        prey, predators = end[0, own], end[1, own]
        solve(prey, predators, born[own], eaten[own], died[own], raised[own], steps)
    return end
