"""Only `np` became `jnp`: every product of two numbers is dispatched on its own.

`jnp.stack` of so long a list would compile for minutes: `jnp.array` joins it a few at a time.
"""

import jax.numpy as jnp


def lotka_volterra(state, parameters, steps, trajectory):
    dt, alpha, beta, gamma, delta = parameters
    path = []
    prey, predators = state  # thousands
    for _ in range(steps):
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        if trajectory:
            path += [prey, predators]
    path = jnp.array(path, state.dtype).reshape(-1, 2)  # (steps, 2), or (0, 2)
    return path, jnp.stack((prey, predators))
