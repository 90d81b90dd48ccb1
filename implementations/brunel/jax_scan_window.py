"""`scan` in windows as long as the delay: what arrives within one was sent before it began.

A ring that is read and written in the same step is copied in each, as XLA finds no order in which
it can do without. Here an inner `scan` takes the ring apart row by row while it advances the
neurons, and then what they sent is added up: it is the next ring, and no slot is counted.
"""

from functools import partial

import jax
import jax.numpy as jnp

from .jax_jit_step import send
from .spec import State


def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    longest = int(jnp.diff(synapses.indptr).max())  # a shape: known when `simulate` is compiled
    return simulate(synapses, excitatory, external, state, parameters, refractory_steps, longest)


@partial(jax.jit, static_argnames=("excitatory", "refractory_steps", "longest"))
def simulate(synapses, excitatory, external, state, parameters, refractory_steps, longest):
    leak, jump, g, v_reset, v_threshold = parameters
    steps, neurons = external.shape
    delay = len(state.arriving)
    sends = jnp.where(jnp.arange(neurons) < excitatory, 1, -g)  # (neurons,) jumps

    def integrate(neuron, now):
        voltage, refractory = neuron  # (neurons,) mV, (neurons,) steps left
        arriving, outside = now
        arrived = arriving + outside  # (neurons,) jumps
        voltage = voltage - leak * voltage + jump * arrived
        voltage = jnp.where(refractory > 0, v_reset, voltage)
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = jnp.where(fired, v_reset, voltage)
        refractory = jnp.where(fired, refractory_steps, jnp.maximum(refractory - 1, 0))
        return (voltage, refractory), fired

    def window(state, external):
        voltage, refractory, arriving = state
        length = len(external)  # the delay; in the last window it may be less
        (voltage, refractory), fired = jax.lax.scan(
            integrate, (voltage, refractory), (arriving[:length], external)
        )
        sent = jax.lax.map(lambda fired: send(fired, synapses, sends, longest), fired)
        arriving = jnp.concatenate([arriving[length:], sent])  # (delay, neurons) jumps
        return State(voltage, refractory, arriving), fired

    whole = steps // delay * delay
    state, spikes = jax.lax.scan(window, state, external[:whole].reshape(-1, delay, neurons))
    state, fired = window(state, external[whole:])
    return jnp.concatenate([spikes.reshape(whole, neurons), fired]), state
