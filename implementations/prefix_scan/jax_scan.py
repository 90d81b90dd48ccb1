"""`scan`: one row after the other, a sum and a product carried; nothing runs in parallel."""

import jax
import jax.numpy as jnp


@jax.jit
def prefix_scan(terms, factors):
    def join(carry, row):
        total, product = carry
        term, factor = row
        carry = total + term, product * factor
        return carry, carry

    start = jnp.zeros((), terms.dtype), jnp.ones((), factors.dtype)
    _, (total, product) = jax.lax.scan(join, start, (terms, factors))
    return total, product  # (rows,), (rows,)
