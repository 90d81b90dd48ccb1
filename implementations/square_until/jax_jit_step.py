"""The step is compiled and returns the largest magnitude too; Python still decides to go on."""

import jax
import jax.numpy as jnp


@jax.jit
def square(x):
    x = x * x  # (values,)
    return x, x.max()


@jax.jit
def largest_magnitude(x):
    return jnp.abs(x).max()


def square_until(x, tolerance):
    largest = largest_magnitude(x)
    limit = tolerance * largest
    count = 0
    while largest > limit:
        x, largest = square(x)
        count += 1
    return x, jnp.int32(count)
