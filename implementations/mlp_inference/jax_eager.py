"""Only `np` became `jnp`: every operation is dispatched on its own."""

import jax.numpy as jnp


def mlp_inference(x, hidden, output):
    activity = jnp.maximum(0, x @ hidden.weights + hidden.bias)  # (examples, units)
    return activity @ output.weights + output.bias  # (examples, outputs)
