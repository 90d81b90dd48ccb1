"""`vmap` of `grad`, not compiled: each step of the chain rule is dispatched on its own."""

import jax
import jax.numpy as jnp


def loss(layers, x, label):
    hidden, output = layers
    activity = jnp.tanh(x @ hidden.weights + hidden.bias)  # (units,)
    scores = activity @ output.weights + output.bias  # (classes,)
    return jax.nn.logsumexp(scores) - scores[label]


def mlp_gradient(hidden, output, x, labels):
    gradients = jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))
    return gradients((hidden, output), x, labels)
