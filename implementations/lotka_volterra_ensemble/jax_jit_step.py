"""The step is compiled and fused into one pass, the loop over the steps stays in Python."""

import jax
import jax.numpy as jnp


@jax.jit
def euler(prey, predators, parameters):
    dt, alpha, beta, gamma, delta = parameters
    born = alpha * prey - beta * prey * predators  # (runs,) thousands / year
    fed = delta * prey * predators - gamma * predators  # (runs,) thousands / year
    return prey + dt * born, predators + dt * fed


def lotka_volterra_ensemble(state, parameters, steps):
    prey, predators = state  # (runs,) thousands
    for _ in range(steps):
        prey, predators = euler(prey, predators, parameters)
    return jnp.stack((prey, predators))
