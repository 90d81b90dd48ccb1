"""What one would use instead: diffrax solves the equations, by an explicit Euler of its own.

The equations do not depend on time, so time is counted in steps: sums of 1 are exact, where sums
of dt would sooner or later take one step more or less.
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


@partial(jax.jit, static_argnames=("steps", "trajectory"))
def lotka_volterra(state, parameters, steps, trajectory):
    solution = diffeqsolve(
        ODETerm(change),
        Euler(),
        t0=0.0,
        t1=float(steps),
        dt0=1.0,
        y0=tuple(state),
        args=parameters,
        saveat=SaveAt(steps=True) if trajectory else SaveAt(t1=True),
        stepsize_controller=ConstantStepSize(),
        max_steps=steps,
    )
    path = jnp.stack(solution.ys, axis=1)
    return path if trajectory else path[:0], path[-1]
