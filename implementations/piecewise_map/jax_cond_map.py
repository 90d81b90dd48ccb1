"""`cond` in a compiled loop over the elements: a true branch, but one element at a time."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="iterations")
def piecewise_map(reynolds, roughness, iterations):
    def turbulent(reynolds):
        def step(_, x):
            return -2 * jnp.log10(roughness / 3.7 + 2.51 * x / reynolds)

        x = jax.lax.fori_loop(0, iterations, step, jnp.full_like(reynolds, 7))
        return 1 / x**2

    def laminar(reynolds):
        return 64 / reynolds

    def one(reynolds):  # of a single flow
        return jax.lax.cond(reynolds < 2300, laminar, turbulent, reynolds)

    return jax.lax.map(one, reynolds)  # (points,)
