"""The whole loop is compiled: `scan` carries the state, the ring of what is under way included."""

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

    def step(state, now):
        step, outside = now
        voltage, refractory, arriving = state  # (neurons,) mV, (neurons,), (delay, neurons) jumps
        slot = step % delay
        arrived = arriving[slot] + outside  # (neurons,) jumps
        voltage = voltage - leak * voltage + jump * arrived
        voltage = jnp.where(refractory > 0, v_reset, voltage)
        fired = voltage >= v_threshold  # (neurons,) bool
        # Shapes are fixed under jit, but not how often a loop runs: a silent neuron's row is empty.
        stop = jnp.where(fired, indptr[1:], indptr[:-1])  # (neurons,)

        def add_row(pre, sent):
            return jax.lax.fori_loop(
                indptr[pre], stop[pre], lambda k, sent: sent.at[indices[k]].add(sends[pre]), sent
            )

        sent = jax.lax.fori_loop(0, neurons, add_row, jnp.zeros_like(voltage))
        arriving = arriving.at[slot].set(sent)
        voltage = jnp.where(fired, v_reset, voltage)
        refractory = jnp.where(fired, refractory_steps, jnp.maximum(refractory - 1, 0))
        return State(voltage, refractory, arriving), fired

    state, spikes = jax.lax.scan(step, state, (jnp.arange(steps), external))
    return spikes, state._replace(arriving=jnp.roll(state.arriving, -steps, axis=0))
