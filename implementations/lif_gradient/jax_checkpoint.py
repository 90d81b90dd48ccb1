"""`jax.checkpoint` keeps the state of a few steps only, and runs the others again, backward.

The steps are cut into as many chunks as each has steps, or nearly so. Of a chunk its first state is
kept; when its gradient is due, its product and its steps are computed once more. That is a third
product for the two of `jax_scan`, and what is kept grows with the root of the steps, not with them.
"""

import math
from functools import partial

import jax
import jax.numpy as jnp

from .spec import ARCTAN, FAST_SIGMOID, Gradient


def derivative(above, slope, surrogate):
    if surrogate == FAST_SIGMOID:
        return 1 / (1 + slope * jnp.abs(above)) ** 2
    if surrogate == ARCTAN:
        return slope / 2 / (1 + (jnp.pi / 2 * slope * above) ** 2)
    return jnp.where(slope * jnp.abs(above) < 0.5, slope, 0)


@partial(jax.custom_jvp, nondiff_argnums=(2,))
def spike(above, slope, surrogate):
    return (above > 0).astype(above.dtype)


@spike.defjvp
def spike_jvp(surrogate, primals, tangents):
    (above, slope), (change, _) = primals, tangents
    return spike(above, slope, surrogate), derivative(above, slope, surrogate) * change


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
