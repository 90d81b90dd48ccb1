"""An index that says when it is out of bounds: a solution."""

import jax
import jax.numpy as jnp


@jax.jit
def lookup(table, indices):
    """table (n,) real, indices (m,) integers; returns (m,)."""
    indices = jnp.where(indices < 0, len(table), indices)
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)
