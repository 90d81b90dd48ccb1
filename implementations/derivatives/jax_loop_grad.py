"""`grad` takes a function of one number: it is called for one point after the other.

A derivative is a function, and has one itself: `grad` of `grad`, four deep. This
is how one writes it before one knows `vmap`: what is done at a point is compiled, the loop over the
points stays in Python and dispatches once per point. The results are fetched together, at the end.
"""

import jax
import jax.numpy as jnp

from ._jax import polynomial, rectifier, surface, wave
from .spec import Derivatives, Orders, Partials


def orders(function, x):
    values = []
    for _ in range(4):
        function = jax.grad(function)
        values.append(function(x))
    return Orders(*values)


@jax.jit
def at_a_point(x, angle, a, b):
    return Derivatives(
        orders(polynomial, x),
        orders(wave, angle),
        jax.grad(rectifier)(x),
        Partials(jax.grad(surface, argnums=0)(a, b), jax.grad(surface, argnums=1)(a, b)),
    )


def derivatives(x, angle, a, b):
    points = [at_a_point(*arguments) for arguments in zip(x, angle, a, b, strict=True)]
    return jax.tree.map(lambda *values: jnp.array(values), *jax.device_get(points))
