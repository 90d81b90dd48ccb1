"""Chunks of steps are compiled by torch.compile: each is one pass, which keeps a run in registers.

A call of compiled code costs some 20 microseconds and, with several threads, a barrier at its end:
that is more than a step of 10,000 runs. Twenty steps per call share the cost. All 10,000 steps in
one call would not compile, as torch.compile unrolls them.
"""

import torch

STEPS = 20


def step(prey, predators, parameters):
    dt, alpha, beta, gamma, delta = parameters
    born = alpha * prey - beta * prey * predators  # (runs,) thousands / year
    fed = delta * prey * predators - gamma * predators  # (runs,) thousands / year
    return prey + dt * born, predators + dt * fed


@torch.compile(fullgraph=True, dynamic=False)
def euler(prey, predators, parameters, steps):
    for _ in range(steps):
        prey, predators = step(prey, predators, parameters)
    return prey, predators


def lotka_volterra_ensemble(state, parameters, steps):
    prey, predators = state[0].clone(), state[1].clone()  # (runs,) thousands
    for _ in range(steps // STEPS):
        prey, predators = euler(prey, predators, parameters, STEPS)
    if steps % STEPS:
        prey, predators = euler(prey, predators, parameters, steps % STEPS)
    return torch.stack((prey, predators))
