"""Only `np` became `jnp`, and `segment_sum` adds up all synapses, fired or not."""

import jax
import jax.numpy as jnp

from .spec import State


def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr, indices, weights = synapses
    senders = jnp.repeat(
        jnp.arange(len(drive), dtype=indptr.dtype), jnp.diff(indptr)
    )  # (synapses,)
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = state.arriving  # (delay, neurons) nA
    raster = []
    for step in range(steps):
        slot = step % len(arriving)
        fired = voltage >= v_threshold  # (neurons,) bool
        current = arriving[slot] + drive  # (neurons,) nA
        sent = jax.ops.segment_sum(weights * fired[senders], indices, len(drive))
        arriving = arriving.at[slot].set(sent)
        refractory = jnp.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(refractory > 0, v_reset, voltage)
        refractory = jnp.maximum(refractory - 1, 0)
        raster.append(fired)
    spikes = jnp.array(raster, dtype=bool).reshape(steps, len(drive))
    return spikes, State(voltage, refractory, jnp.roll(arriving, -steps, axis=0))
