"""The whole loop is compiled: `scan` carries the state, including the ring of what is under way."""

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

    def step(state, now):
        step, outside = now
        voltage, refractory, arriving = state  # (neurons,) mV, (neurons,), (delay, neurons) jumps
        slot = step % delay
        arrived = arriving[slot] + outside  # (neurons,) jumps
        voltage = voltage - leak * voltage + jump * arrived
        voltage = jnp.where(refractory > 0, v_reset, voltage)
        fired = voltage >= v_threshold  # (neurons,) bool
        arriving = arriving.at[slot].set(send(fired, synapses, sends, longest))
        voltage = jnp.where(fired, v_reset, voltage)
        refractory = jnp.where(fired, refractory_steps, jnp.maximum(refractory - 1, 0))
        return State(voltage, refractory, arriving), fired

    state, spikes = jax.lax.scan(step, state, (jnp.arange(steps), external))
    return spikes, state._replace(arriving=jnp.roll(state.arriving, -steps, axis=0))
