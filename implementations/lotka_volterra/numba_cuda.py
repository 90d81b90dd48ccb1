"""Numba on the GPU, where one thread of many thousands works: each step waits for the last.

`simulate[1, 1]` launches one block of one thread. The populations stay in its registers and the
loop is compiled as on the CPU, but a GPU's thread is slow: its clock is about half as fast, each
operation waits several cycles for the last, and none is executed out of order. A GPU hides that
behind other threads, and here there are none, as no two steps of one trajectory can be taken at
once. So this port loses to `numba_njit` by as much as the GPU's latency is longer, whatever its
peak. What it would need is many trajectories: see lotka_volterra_ensemble.
"""

from numba import cuda


@cuda.jit
def simulate(state, dt, alpha, beta, gamma, delta, steps, trajectory, path, end):
    prey, predators = state[0], state[1]  # thousands
    for step in range(steps):
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        if trajectory:
            path[step, 0], path[step, 1] = prey, predators
    end[0], end[1] = prey, predators


def lotka_volterra(state, parameters, steps, trajectory):
    path = cuda.device_array((steps if trajectory else 0, 2), dtype=state.dtype)
    end = cuda.device_array_like(state)
    simulate[1, 1](state, *parameters, steps, trajectory, path, end)
    return path, end
