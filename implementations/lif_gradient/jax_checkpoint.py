"""`jax.checkpoint` keeps the state of only a few steps, and runs the rest again on the way back.

The steps are cut into about as many chunks as each chunk has steps. Only the first state of a chunk
is kept; when its gradient is due, its product and its steps are computed once more. That is a third
product, where `jax_scan` has two, and what is kept grows with the square root of the steps.
"""

import math
from functools import partial

import jax
import jax.numpy as jnp

from .jax_scan import spike
from .spec import Gradient


@partial(jax.jit, static_argnames="surrogate")
def lif_gradient(x, weights, drive, target, parameters, surrogate):
    decay, threshold, slope = parameters
    steps = len(x)
    chunk = max(n for n in range(1, math.isqrt(steps) + 1) if steps % n == 0)

    def loss_of(gradient):
        weights, drive = gradient

        def step(voltage, current):
            voltage = decay * voltage + current  # (examples, neurons)
            above = voltage - threshold
            voltage = jnp.where(above > 0, 0, voltage)
            return voltage, spike(above, slope, surrogate)

        @jax.checkpoint
        def steps_of(carry, x):
            voltage, count = carry
            current = x @ weights + drive  # (chunk, examples, neurons)
            voltage, spikes = jax.lax.scan(step, voltage, current)
            return (voltage, count + spikes.sum(axis=0)), spikes > 0

        start = jnp.zeros_like(target), jnp.zeros_like(target)
        chunks = x.reshape(-1, chunk, *x.shape[1:])
        (_, count), spikes = jax.lax.scan(steps_of, start, chunks)
        error = count - target  # (examples, neurons)
        return jnp.sum(error**2) / 2, spikes.reshape(steps, *target.shape)

    (loss, spikes), gradient = jax.value_and_grad(loss_of, has_aux=True)(Gradient(weights, drive))
    return spikes, loss, gradient
