"""The products as `einsum`: the indices say what is summed over what."""

import jax
import jax.numpy as jnp


@jax.jit
def mlp_inference(x, hidden, output):
    product = jnp.einsum("if,fh->ih", x, hidden.weights)
    activity = jnp.maximum(0, product + hidden.bias)  # (examples, units)
    return jnp.einsum("ih,ho->io", activity, output.weights) + output.bias  # (examples, outputs)
