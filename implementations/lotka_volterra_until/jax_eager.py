"""Only `np` became `jnp`: each look at the predators waits for the device, and so does the loop."""

import jax.numpy as jnp


def lotka_volterra_until(state, parameters, max_steps):
    dt, alpha, beta, gamma, delta = parameters
    count = 0
    prey, predators = state  # thousands
    while count < max_steps and beta * predators < alpha:
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        count += 1
    return jnp.stack((prey, predators)), jnp.int32(count)
