"""The step is compiled, the loop over the steps stays in Python: one dispatch per step.

Under jit every shape is fixed, but neither how many fire nor how long their rows are. So the spikes
are taken one by one, as in implementations/lif/jax_scan_event.py, and every row is read as if it
were the longest: the synapses in it that are not its own send nothing.
"""

from functools import partial

import jax
import jax.numpy as jnp
from portstudy.implementations.lif.jax_scan_event import any_left, next_spike, pack

from .spec import State


def send(fired, synapses, sends, longest):
    indptr, indices = synapses

    def add_row(carry):
        words, sent = carry
        pre, words = next_spike(words)
        start = jnp.minimum(indptr[pre], len(indices) - longest)  # a slice ends within the list
        row = jax.lax.dynamic_slice_in_dim(indices, start, longest)  # (longest,) targets
        k = start + jnp.arange(longest)
        own = (k >= indptr[pre]) & (k < indptr[pre + 1])
        return words, sent.at[row].add(jnp.where(own, sends[pre], 0))

    _, sent = jax.lax.while_loop(any_left, add_row, (pack(fired), jnp.zeros_like(sends)))
    return sent  # (neurons,) jumps


@partial(jax.jit, static_argnames=("excitatory", "refractory_steps", "longest"))
def step(synapses, excitatory, outside, state, parameters, refractory_steps, slot, longest):
    leak, jump, g, v_reset, v_threshold = parameters
    voltage, refractory, arriving = state  # (neurons,) mV, (neurons,), (delay, neurons) jumps
    neurons = len(voltage)
    sends = jnp.where(jnp.arange(neurons) < excitatory, 1, -g)  # (neurons,) jumps
    arrived = arriving[slot] + outside  # (neurons,) jumps
    voltage = voltage - leak * voltage + jump * arrived
    voltage = jnp.where(refractory > 0, v_reset, voltage)
    fired = voltage >= v_threshold  # (neurons,) bool
    arriving = arriving.at[slot].set(send(fired, synapses, sends, longest))
    voltage = jnp.where(fired, v_reset, voltage)
    refractory = jnp.where(fired, refractory_steps, jnp.maximum(refractory - 1, 0))
    return State(voltage, refractory, arriving), fired


def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    steps = len(external)
    longest = int(jnp.diff(synapses.indptr).max())  # a shape: known when `step` is compiled
    raster = []
    for i in range(steps):
        slot = i % len(state.arriving)
        state, fired = step(
            synapses, excitatory, external[i], state, parameters, refractory_steps, slot, longest
        )
        raster.append(fired)
    return jnp.array(raster), state._replace(arriving=jnp.roll(state.arriving, -steps, axis=0))
