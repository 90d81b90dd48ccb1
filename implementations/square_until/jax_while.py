"""`while_loop`: the device decides when to stop, and Python is no longer asked."""

import jax
import jax.numpy as jnp


@jax.jit
def square_until(x, tolerance):
    limit = tolerance * jnp.abs(x).max()

    def too_large(carry):
        x, _ = carry
        return jnp.abs(x).max() > limit

    def square(carry):
        x, count = carry
        return x * x, count + 1  # (values,)

    return jax.lax.while_loop(too_large, square, (x, jnp.int32(0)))
