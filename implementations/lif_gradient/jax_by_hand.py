"""The reference's two loops as two scans, the second in reverse; autodiff has nothing to do."""

from functools import partial

import jax
import jax.numpy as jnp

from ._surrogate import derivative
from .spec import Gradient


@partial(jax.jit, static_argnames="surrogate")
def lif_gradient(x, weights, drive, target, parameters, surrogate):
    decay, threshold, slope = parameters
    current = x @ weights + drive  # (steps, examples, neurons)

    def forward(voltage, current):
        voltage = decay * voltage + current  # (examples, neurons)
        above = voltage - threshold
        voltage = jnp.where(above > 0, 0, voltage)
        return voltage, above

    _, above = jax.lax.scan(forward, jnp.zeros_like(target), current)
    spikes = above > 0  # (steps, examples, neurons) bool
    error = spikes.sum(axis=0, dtype=target.dtype) - target  # (examples, neurons)
    loss = jnp.sum(error**2) / 2

    def backward(gradient, above):
        by_current = error * derivative(above, slope, surrogate)  # (examples, neurons)
        gradient = by_current + decay * jnp.where(above > 0, 0, gradient)
        return gradient, gradient

    _, by_current = jax.lax.scan(backward, jnp.zeros_like(target), above, reverse=True)
    by_weights = jnp.einsum("tei,ten->in", x, by_current)  # (inputs, neurons)
    return spikes, loss, Gradient(by_weights, by_current.sum(axis=(0, 1)))
