"""The step is compiled, the loop over the steps stays in Python: one dispatch per step."""

from functools import partial

import jax
import jax.numpy as jnp

from .spec import State


@partial(jax.jit, static_argnames="refractory_steps")
def step(synapses, senders, drive, state, parameters, refractory_steps, slot):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage, refractory, arriving = state  # (neurons,) mV, (neurons,), (delay, neurons) nA
    fired = voltage >= v_threshold  # (neurons,) bool
    current = arriving[slot] + drive  # (neurons,) nA
    sent = jax.ops.segment_sum(synapses.weights * fired[senders], synapses.indices, len(drive))
    arriving = arriving.at[slot].set(sent)
    refractory = jnp.where(fired, refractory_steps, refractory)
    voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
    voltage = jnp.where(refractory > 0, v_reset, voltage)
    refractory = jnp.maximum(refractory - 1, 0)
    return State(voltage, refractory, arriving), fired


def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr = synapses.indptr
    senders = jnp.repeat(
        jnp.arange(len(drive), dtype=indptr.dtype), jnp.diff(indptr)
    )  # (synapses,)
    raster = []
    for i in range(steps):
        slot = i % len(state.arriving)
        state, fired = step(synapses, senders, drive, state, parameters, refractory_steps, slot)
        raster.append(fired)
    spikes = jnp.array(raster, dtype=bool).reshape(steps, len(drive))
    return spikes, state._replace(arriving=jnp.roll(state.arriving, -steps, axis=0))
