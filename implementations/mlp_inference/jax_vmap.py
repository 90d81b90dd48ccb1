"""Written for one example; `vmap` turns its vector products into the matrix products of a batch."""

from functools import partial

import jax
import jax.numpy as jnp


@jax.jit
@partial(jax.vmap, in_axes=(0, None, None))
def mlp_inference(x, hidden, output):
    activity = jnp.maximum(0, x @ hidden.weights + hidden.bias)  # (units,)
    return activity @ output.weights + output.bias  # (outputs,)
