"""PyTorch as it comes: `np` became `torch`, every operation on the runs is dispatched."""

import torch


def lotka_volterra_ensemble(state, parameters, steps):
    dt, alpha, beta, gamma, delta = parameters
    prey, predators = state.unbind()  # (runs,) thousands
    for _ in range(steps):
        born = alpha * prey - beta * prey * predators  # (runs,) thousands / year
        fed = delta * prey * predators - gamma * predators  # (runs,) thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
    return torch.stack((prey, predators))
