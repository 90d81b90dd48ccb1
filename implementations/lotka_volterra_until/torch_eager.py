"""PyTorch as it comes: on a CPU a condition is read at once, but each operation is dispatched."""

import torch


def lotka_volterra_until(state, parameters, max_steps):
    dt, alpha, beta, gamma, delta = parameters
    count = 0
    prey, predators = state.unbind()  # thousands
    while count < max_steps and beta * predators < alpha:
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        count += 1
    count = torch.tensor(count, dtype=torch.int32, device=state.device)
    return torch.stack((prey, predators)), count
