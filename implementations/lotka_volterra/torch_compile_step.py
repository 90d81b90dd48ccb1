"""The step is compiled by torch.compile, the loop over the steps stays in Python."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def euler(state, parameters):
    dt, alpha, beta, gamma, delta = parameters
    prey, predators = state.unbind()  # thousands
    born = alpha * prey - beta * prey * predators  # thousands / year
    fed = delta * prey * predators - gamma * predators  # thousands / year
    return torch.stack((prey + dt * born, predators + dt * fed))


def lotka_volterra(state, parameters, steps, trajectory):
    path = []
    for _ in range(steps):
        state = euler(state, parameters)
        if trajectory:
            path.append(state)
    path = torch.stack(path) if trajectory else state.new_empty((0, 2))
    return path, state
