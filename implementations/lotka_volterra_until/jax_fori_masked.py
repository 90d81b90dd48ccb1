"""`fori_loop` cannot end early: all max_steps are paid for, and those past the end are masked."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="max_steps")
def lotka_volterra_until(state, parameters, max_steps):
    dt, alpha, beta, gamma, delta = parameters

    def euler(_, carry):
        count, prey, predators = carry
        rising = beta * predators < alpha
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey = jnp.where(rising, prey + dt * born, prey)
        predators = jnp.where(rising, predators + dt * fed, predators)
        return count + rising, prey, predators

    start = (jnp.int32(0), *state)
    count, prey, predators = jax.lax.fori_loop(0, max_steps, euler, start)
    return jnp.stack((prey, predators)), count
