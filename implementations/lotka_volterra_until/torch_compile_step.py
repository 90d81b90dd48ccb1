"""The step is compiled and says whether prey still rise; Python reads it and may go on."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def euler(state, parameters):
    dt, alpha, beta, gamma, delta = parameters
    prey, predators = state.unbind()  # thousands
    born = alpha * prey - beta * prey * predators  # thousands / year
    fed = delta * prey * predators - gamma * predators  # thousands / year
    state = torch.stack((prey + dt * born, predators + dt * fed))
    return state, beta * state[1] < alpha


def lotka_volterra_until(state, parameters, max_steps):
    count = 0
    rising = parameters.beta * state[1] < parameters.alpha
    while count < max_steps and rising:
        state, rising = euler(state, parameters)
        count += 1
    return state, torch.tensor(count, dtype=torch.int32, device=state.device)
