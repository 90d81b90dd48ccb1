"""The whole loop is compiled: `fori_loop` carries all the runs from step to step."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="steps")
def lotka_volterra_ensemble(state, parameters, steps):
    dt, alpha, beta, gamma, delta = parameters

    def euler(_, state):
        prey, predators = state  # (runs,) thousands
        born = alpha * prey - beta * prey * predators  # (runs,) thousands / year
        fed = delta * prey * predators - gamma * predators  # (runs,) thousands / year
        return prey + dt * born, predators + dt * fed

    return jnp.stack(jax.lax.fori_loop(0, steps, euler, tuple(state)))
