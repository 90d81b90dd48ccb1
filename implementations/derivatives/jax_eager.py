"""`vmap` of `grad`, not compiled: each step of the chain rule is dispatched on its own."""

import jax

from ._jax import polynomial, rectifier, surface, wave
from .spec import Derivatives, Orders, Partials


def orders(function, x):
    values = []
    for _ in range(4):
        function = jax.grad(function)
        values.append(function(x))
    return Orders(*values)


@jax.vmap
def derivatives(x, angle, a, b):
    return Derivatives(
        orders(polynomial, x),
        orders(wave, angle),
        jax.grad(rectifier)(x),
        Partials(jax.grad(surface, argnums=0)(a, b), jax.grad(surface, argnums=1)(a, b)),
    )
