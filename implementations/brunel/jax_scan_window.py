"""`scan` in windows as long as the delay: what arrives within one was sent before it began.

A ring that is read and written in the same step is copied in each, as XLA finds no order in which
it can do without. Here an inner `scan` takes the ring apart row by row while it advances the
neurons, and then what they sent is added up: it is the next ring, and no slot is counted.
"""

from functools import partial

import jax
import jax.numpy as jnp

from .spec import State


@partial(jax.jit, static_argnames=("excitatory", "refractory_steps"))
def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    indptr, indices = synapses
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

    def send(fired):
        # Shapes are fixed under jit, but not how often a loop runs: a silent neuron's row is empty.
        stop = jnp.where(fired, indptr[1:], indptr[:-1])  # (neurons,)

        def add_row(pre, sent):
            return jax.lax.fori_loop(
                indptr[pre], stop[pre], lambda k, sent: sent.at[indices[k]].add(sends[pre]), sent
            )

        return jax.lax.fori_loop(0, neurons, add_row, jnp.zeros_like(state.voltage))

    def window(state, external):
        voltage, refractory, arriving = state
        length = len(external)  # the delay; in the last window it may be less
        (voltage, refractory), fired = jax.lax.scan(
            integrate, (voltage, refractory), (arriving[:length], external)
        )
        arriving = jnp.concatenate([arriving[length:], jax.lax.map(send, fired)])
        return State(voltage, refractory, arriving), fired

    whole = steps // delay * delay
    state, spikes = jax.lax.scan(window, state, external[:whole].reshape(-1, delay, neurons))
    state, fired = window(state, external[whole:])
    return jnp.concatenate([spikes.reshape(whole, neurons), fired]), state
