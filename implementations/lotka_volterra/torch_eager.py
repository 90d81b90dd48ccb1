"""PyTorch as it comes: single numbers are tensors, and each operation on them is dispatched."""

import torch


def lotka_volterra(state, parameters, steps, trajectory):
    dt, alpha, beta, gamma, delta = parameters
    path = []
    prey, predators = state.unbind()  # thousands
    for _ in range(steps):
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        if trajectory:
            path += [prey, predators]
    path = torch.stack(path).reshape(steps, 2) if trajectory else state.new_empty((0, 2))
    return path, torch.stack((prey, predators))
