"""The four functions in JAX, each of one point: what its ports differentiate."""

import jax.numpy as jnp


def polynomial(x):
    return x**3 - 3 * x**2 + 2 * x


def wave(angle):
    return angle * jnp.sin(angle)


def rectifier(x):
    return jnp.where(x > 0, x, 0)  # not `maximum`, which at 0 has a derivative of 1/2


def surface(a, b):
    return 2 * a**3 - b**2
