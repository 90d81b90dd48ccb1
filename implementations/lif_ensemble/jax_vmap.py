"""One trial is written down, as `scan` over its steps; `vmap` turns it into all trials at once."""

from functools import partial

import jax
import jax.numpy as jnp


def simulate(weights, drive, state, parameters, steps, raster):
    dt, tau, v_reset, v_threshold, resistance = parameters
    neurons = len(drive)

    def step(carry, _):
        state, spike_count = carry
        voltage = state.voltage  # (neurons,) mV
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = jnp.where(fired, v_reset, voltage)
        current = fired @ weights + drive  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        return (state._replace(voltage=voltage), spike_count + fired), fired if raster else None

    spike_count = jnp.zeros(neurons, dtype=jnp.int32)
    (state, spike_count), spikes = jax.lax.scan(step, (state, spike_count), length=steps)
    spikes = spikes if raster else jnp.empty((0, neurons), dtype=bool)
    return spikes, spike_count, state


@partial(jax.jit, static_argnames=("steps", "raster"))
def lif_ensemble(weights, drive, state, parameters, steps, raster):
    simulate_all = jax.vmap(simulate, in_axes=(None, 0, 0, None, None, None))
    return simulate_all(weights, drive, state, parameters, steps, raster)
