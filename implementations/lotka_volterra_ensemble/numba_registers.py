"""Numba, four steps at a time: between two visits to the cache, populations stay in registers.

`numba_blocks` loads six numbers and stores two for the four fused multiply-adds of a step, and the
loads and stores are what it waits for. Here, a run takes four steps before its neighbour's turn:
sixteen for as many loads and stores. More steps gain nothing: each waits for the last, so the
processor fills the time with the next runs, of which it cannot look arbitrarily far ahead.
"""

from numba import njit

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
