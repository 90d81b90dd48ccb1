"""`prange`: the blocks of runs, which share nothing, are spread over the cores."""

from numba import njit, prange


@njit(fastmath={"contract"})
def solve(prey, predators, born, eaten, died, raised, steps):
    for _ in range(steps):
        for i in range(len(prey)):
            before = prey[i]  # thousands
            prey[i] += before * (born[i] - eaten[i] * predators[i])
            predators[i] += predators[i] * (raised[i] * before - died[i])


@njit(parallel=True)
def lotka_volterra_ensemble(state, parameters, steps):
    dt, alpha, beta, gamma, delta = parameters
    # In a step: births by prey, prey eaten by predators, deaths by predators, predators by prey.
    born, eaten, died, raised = dt * alpha, dt * beta, dt * gamma, dt * delta  # (runs,)
    runs = state.shape[1]
    end = state.copy()  # (2, runs) thousands
    for block in prange((runs + 127) // 128):
        own = slice(block * 128, min(runs, block * 128 + 128))
        prey, predators = end[0, own], end[1, own]
        solve(prey, predators, born[own], eaten[own], died[own], raised[own], steps)
    return end
