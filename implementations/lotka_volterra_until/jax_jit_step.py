"""The step is compiled and says whether prey still rise; Python reads it and may go on."""

import jax
import jax.numpy as jnp


@jax.jit
def rises(state, parameters):
    return parameters.beta * state[1] < parameters.alpha


@jax.jit
def euler(state, parameters):
    dt, alpha, beta, gamma, delta = parameters
    prey, predators = state  # thousands
    born = alpha * prey - beta * prey * predators  # thousands / year
    fed = delta * prey * predators - gamma * predators  # thousands / year
    state = jnp.stack((prey + dt * born, predators + dt * fed))
    return state, rises(state, parameters)


def lotka_volterra_until(state, parameters, max_steps):
    count = 0
    rising = rises(state, parameters)
    while count < max_steps and rising:
        state, rising = euler(state, parameters)
        count += 1
    return state, jnp.int32(count)
