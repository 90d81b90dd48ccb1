"""What one would use instead: diffrax, one solution written down and `vmap` over parameters.

Time is counted in steps, for the reason given in lotka_volterra/diffrax_euler.py.
"""

from functools import partial

import jax
import jax.numpy as jnp
from diffrax import ConstantStepSize, Euler, ODETerm, SaveAt, diffeqsolve


def change(_, state, parameters):
    dt, alpha, beta, gamma, delta = parameters
    prey, predators = state  # thousands
    born = alpha * prey - beta * prey * predators  # thousands / year
    fed = delta * prey * predators - gamma * predators  # thousands / year
    return dt * born, dt * fed  # thousands / step


def solve(state, parameters, steps):
    solution = diffeqsolve(
        ODETerm(change),
        Euler(),
        t0=0.0,
        t1=float(steps),
        dt0=1.0,
        y0=tuple(state),
        args=parameters,
        saveat=SaveAt(t1=True),
        stepsize_controller=ConstantStepSize(),
        max_steps=steps,
    )
    return jnp.concatenate(solution.ys)


@partial(jax.jit, static_argnames="steps")
def lotka_volterra_ensemble(state, parameters, steps):
    each = parameters._replace(dt=None, alpha=0, beta=0, gamma=0, delta=0)  # the axis of the runs
    return jax.vmap(solve, in_axes=(1, each, None), out_axes=1)(state, parameters, steps)
