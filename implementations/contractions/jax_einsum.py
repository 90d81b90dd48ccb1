"""Compiled, by indices: JAX looks for the cheapest order while it traces."""

import jax
import jax.numpy as jnp

from .spec import Contractions


@jax.jit
def contractions(x, y, a, b, lefts, rights):
    product = jnp.einsum("ij,jk->ik", a, b)  # (n, n)
    return Contractions(
        dot=jnp.einsum("i,i->", x, y),  # ()
        outer=jnp.einsum("i,j->ij", x, y),  # (n, n)
        hadamard=jnp.einsum("i,i->i", x, y),  # (n,)
        product=product,  # (n, n)
        row_sums=jnp.einsum("ij,jk->i", a, b),  # (n,)
        column_sums=jnp.einsum("ij,jk->k", a, b),  # (n,)
        batched=jnp.einsum("bij,bjk->bik", lefts, rights),  # (batch, n, n)
        trace=jnp.einsum("ii->", product),  # ()
        diagonal=jnp.einsum("ii->i", product),  # (n,)
        transposed=jnp.einsum("ij->ji", a),  # (m, n)
        chain=jnp.einsum("ij,jk,k->i", a, b, y),  # (n,)
    )
