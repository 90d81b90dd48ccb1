"""`while_loop`: the condition is compiled with the step, and Python is no longer asked."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="max_steps")
def lotka_volterra_until(state, parameters, max_steps):
    dt, alpha, beta, gamma, delta = parameters

    def rising(carry):
        count, _, predators = carry
        return (count < max_steps) & (beta * predators < alpha)

    def euler(carry):
        count, prey, predators = carry
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        return count + 1, prey, predators

    count, prey, predators = jax.lax.while_loop(rising, euler, (jnp.int32(0), *state))
    return jnp.stack((prey, predators)), count
