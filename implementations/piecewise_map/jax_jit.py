"""Compiled whole, with `where`: one fused loop, in which both branches are still paid for."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="iterations")
def piecewise_map(reynolds, roughness, iterations):
    fast = jnp.maximum(reynolds, 2300)  # the logarithm must exist where it is not selected, too
    x = jnp.full_like(reynolds, 7)  # (points,) 1 / sqrt(friction)
    for _ in range(iterations):
        x = -2 * jnp.log10(roughness / 3.7 + 2.51 * x / fast)
    turbulent = 1 / x**2
    laminar = 64 / reynolds
    return jnp.where(reynolds < 2300, laminar, turbulent)  # (points,)
