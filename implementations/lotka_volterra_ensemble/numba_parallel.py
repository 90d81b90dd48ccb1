"""`prange`: the blocks of runs, which share nothing, are spread over the cores."""

from numba import njit, prange

BLOCK = 128  # runs
STEPS = 4  # known when this is compiled, so that no loop remains of them


@njit(fastmath={"contract"})
def step(prey, predators, born, eaten, died, raised):
    grown = prey + prey * (born - eaten * predators)  # thousands
    return grown, predators + predators * (raised * prey - died)


@njit
def solve(prey, predators, born, eaten, died, raised, steps):
    for _ in range(steps // STEPS):
        for i in range(len(prey)):
            x, y = prey[i], predators[i]
            for _ in range(STEPS):
                x, y = step(x, y, born[i], eaten[i], died[i], raised[i])
            prey[i], predators[i] = x, y
    for _ in range(steps % STEPS):
        for i in range(len(prey)):
            x, y = prey[i], predators[i]
            prey[i], predators[i] = step(x, y, born[i], eaten[i], died[i], raised[i])


@njit(parallel=True)
def lotka_volterra_ensemble(state, parameters, steps):
    dt, alpha, beta, gamma, delta = parameters
    # Per step: births per prey, prey eaten per predator, deaths per predator, predators per prey.
    born, eaten, died, raised = dt * alpha, dt * beta, dt * gamma, dt * delta  # (runs,)
    runs = state.shape[1]
    end = state.copy()  # (2, runs) thousands
    for block in prange((runs + BLOCK - 1) // BLOCK):
        own = slice(block * BLOCK, min(runs, (block + 1) * BLOCK))
        prey, predators = end[0, own], end[1, own]
        solve(prey, predators, born[own], eaten[own], died[own], raised[own], steps)
    return end
