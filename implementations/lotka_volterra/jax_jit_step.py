"""The step is compiled, the loop over the steps stays in Python: one dispatch per step."""

import jax
import jax.numpy as jnp


@jax.jit
def euler(state, parameters):
    dt, alpha, beta, gamma, delta = parameters
    prey, predators = state  # thousands
    born = alpha * prey - beta * prey * predators  # thousands / year
    fed = delta * prey * predators - gamma * predators  # thousands / year
    return jnp.stack((prey + dt * born, predators + dt * fed))


def lotka_volterra(state, parameters, steps, trajectory):
    path = []
    for _ in range(steps):
        state = euler(state, parameters)
        if trajectory:
            path.append(state)
    path = jnp.array(path, state.dtype).reshape(-1, 2)  # (steps, 2), or (0, 2)
    return path, state
