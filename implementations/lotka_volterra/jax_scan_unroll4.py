"""`scan`, four steps at a time: a quarter of the loop's overhead, for a little more code."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("steps", "trajectory"))
def lotka_volterra(state, parameters, steps, trajectory):
    dt, alpha, beta, gamma, delta = parameters

    def euler(state, _):
        prey, predators = state  # thousands
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        state = prey + dt * born, predators + dt * fed
        return state, state if trajectory else None

    state, path = jax.lax.scan(euler, tuple(state), length=steps, unroll=4)
    path = jnp.stack(path, axis=1) if trajectory else jnp.empty((0, 2), state[0].dtype)
    return path, jnp.stack(state)
