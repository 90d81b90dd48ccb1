"""The whole loop is compiled: `fori_loop` carries the populations and the path it fills.

Without a trajectory two numbers are all that it carries. With one, `.at[].set` reads as if it
copied the path in every step; compiled, it writes one row in place.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("steps", "trajectory"))
def lotka_volterra(state, parameters, steps, trajectory):
    dt, alpha, beta, gamma, delta = parameters

    def euler(step, carry):
        path, prey, predators = carry
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        prey, predators = prey + dt * born, predators + dt * fed
        if trajectory:
            path = path.at[step].set(jnp.stack((prey, predators)))
        return path, prey, predators

    path = jnp.zeros((steps if trajectory else 0, 2), state.dtype)
    path, prey, predators = jax.lax.fori_loop(0, steps, euler, (path, *state))
    return path, jnp.stack((prey, predators))
