"""Only `np` became `jnp`: every operation on the runs is dispatched on its own."""

import jax.numpy as jnp


def lotka_volterra_ensemble(state, parameters, steps):
    dt, alpha, beta, gamma, delta = parameters
    prey, predators = state  # (runs,) thousands
    for _ in range(steps):
        born = alpha * prey - beta * prey * predators  # (runs,) thousands / year
        fed = delta * prey * predators - gamma * predators  # (runs,) thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
    return jnp.stack((prey, predators))
