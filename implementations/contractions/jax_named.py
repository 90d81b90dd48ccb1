"""Compiled, by name: equal products are computed once, but the order of steps stays as written."""

import jax
import jax.numpy as jnp

from .spec import Contractions


@jax.jit
def contractions(x, y, a, b, lefts, rights):
    product = a @ b  # (n, n)
    return Contractions(
        dot=jnp.dot(x, y),  # ()
        outer=jnp.outer(x, y),  # (n, n)
        hadamard=x * y,  # (n,)
        product=product,  # (n, n)
        row_sums=(a @ b).sum(axis=1),  # (n,)
        column_sums=(a @ b).sum(axis=0),  # (n,)
        batched=lefts @ rights,  # (batch, n, n)
        trace=jnp.trace(product),  # ()
        diagonal=jnp.diagonal(product),  # (n,)
        transposed=a.T,  # (m, n)
        chain=a @ b @ y,  # (n,), from left to right
    )
