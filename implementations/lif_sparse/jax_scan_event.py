"""`scan`, event-driven: spikes are taken one by one, and the row of each is added at once.

Spikes are found in packed words, as in implementations/lif/jax_scan_event.py, and a row is a slice
of what lies side by side in memory. A slice has one length under jit, that of the longest row, and
the synapses in it that are not the row's own count as zero.
"""

from functools import partial

import jax
import jax.numpy as jnp
from portstudy.implementations.lif.jax_scan_event import any_left, next_spike, pack

from .spec import State


def send(fired, synapses, longest):
    indptr, indices, weights = synapses

    def add_row(carry):
        words, sent = carry
        pre, words = next_spike(words)
        start = jnp.minimum(indptr[pre], len(indices) - longest)  # a slice ends within the list
        post = jax.lax.dynamic_slice_in_dim(indices, start, longest)  # (longest,) targets
        weight = jax.lax.dynamic_slice_in_dim(weights, start, longest)  # (longest,) nA
        k = start + jnp.arange(longest)
        own = (k >= indptr[pre]) & (k < indptr[pre + 1])
        return words, sent.at[post].add(jnp.where(own, weight, 0))

    sent = jnp.zeros(len(fired), weights.dtype)
    _, sent = jax.lax.while_loop(any_left, add_row, (pack(fired), sent))
    return sent  # (neurons,) nA


def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    longest = int(jnp.diff(synapses.indptr).max())  # a shape: known when `simulate` is compiled
    return simulate(synapses, drive, state, parameters, refractory_steps, steps, longest)


@partial(jax.jit, static_argnames=("refractory_steps", "steps", "longest"))
def simulate(synapses, drive, state, parameters, refractory_steps, steps, longest):
    delay = len(state.arriving)
    dt, tau, v_reset, v_threshold, resistance = parameters

    def step(state, step):
        voltage, refractory, arriving = state  # (neurons,) mV, (neurons,), (delay, neurons) nA
        slot = step % delay
        fired = voltage >= v_threshold  # (neurons,) bool
        current = arriving[slot] + drive  # (neurons,) nA
        arriving = arriving.at[slot].set(send(fired, synapses, longest))
        refractory = jnp.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(refractory > 0, v_reset, voltage)
        refractory = jnp.maximum(refractory - 1, 0)
        return State(voltage, refractory, arriving), fired

    state, spikes = jax.lax.scan(step, state, jnp.arange(steps))
    return spikes, state._replace(arriving=jnp.roll(state.arriving, -steps, axis=0))
