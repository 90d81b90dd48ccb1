"""`grad` takes a function of one number: it is called for one point after the other.

A derivative is a function, and has one itself: `grad` of `grad`, four deep. What it returns for a
point is compiled, the loop over the points stays in Python.
"""

import jax
import jax.numpy as jnp

from .spec import Derivatives, Orders, Partials


def polynomial(x):
    return x**3 - 3 * x**2 + 2 * x


def wave(angle):
    return angle * jnp.sin(angle)


def rectifier(x):
    return jnp.where(x > 0, x, 0)  # not `maximum`, which at 0 has a derivative of 1/2


def surface(a, b):
    return 2 * a**3 - b**2


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
    return jax.tree.map(lambda *values: jnp.array([float(value) for value in values]), *points)
