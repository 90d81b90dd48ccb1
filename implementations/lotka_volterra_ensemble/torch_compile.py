"""The step is compiled by torch.compile into one pass, the loop over the steps stays in Python."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def euler(prey, predators, parameters):
    dt, alpha, beta, gamma, delta = parameters
    born = alpha * prey - beta * prey * predators  # (runs,) thousands / year
    fed = delta * prey * predators - gamma * predators  # (runs,) thousands / year
    return prey + dt * born, predators + dt * fed


def lotka_volterra_ensemble(state, parameters, steps):
    prey, predators = state[0].clone(), state[1].clone()  # (runs,) thousands
    for _ in range(steps):
        prey, predators = euler(prey, predators, parameters)
    return torch.stack((prey, predators))
