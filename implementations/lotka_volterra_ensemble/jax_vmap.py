"""One run is written down, on single numbers; `vmap` over parameters turns it into all of them."""

from functools import partial

import jax
import jax.numpy as jnp


def solve(state, parameters, steps):
    dt, alpha, beta, gamma, delta = parameters

    def euler(_, state):
        prey, predators = state  # thousands
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        return prey + dt * born, predators + dt * fed

    return jnp.stack(jax.lax.fori_loop(0, steps, euler, tuple(state)))


@partial(jax.jit, static_argnames="steps")
def lotka_volterra_ensemble(state, parameters, steps):
    each = parameters._replace(dt=None, alpha=0, beta=0, gamma=0, delta=0)  # the axis of the runs
    return jax.vmap(solve, in_axes=(1, each, None), out_axes=1)(state, parameters, steps)
