"""JAX differentiates a compiled `scan`; `custom_jvp` tells it the derivative of a spike.

The product comes before the scan: it does not depend on the state, and one large product, with one
large transposed product in its gradient, costs less than one in each step. A comparison has no
gradient, so the reset is held constant without further ado.
"""

from functools import partial

import jax
import jax.numpy as jnp

from ._surrogate import derivative
from .spec import Gradient


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

    def loss_of(gradient):
        weights, drive = gradient
        current = x @ weights + drive  # (steps, examples, neurons)

        def step(voltage, current):
            voltage = decay * voltage + current  # (examples, neurons)
            above = voltage - threshold
            voltage = jnp.where(above > 0, 0, voltage)
            return voltage, spike(above, slope, surrogate)

        _, spikes = jax.lax.scan(step, jnp.zeros_like(target), current)
        error = spikes.sum(axis=0) - target  # (examples, neurons)
        return jnp.sum(error**2) / 2, spikes > 0

    (loss, spikes), gradient = jax.value_and_grad(loss_of, has_aux=True)(Gradient(weights, drive))
    return spikes, loss, gradient
