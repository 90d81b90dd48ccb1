"""`scan` over the steps of all trials: the indices of `einsum` say which one is the trial's."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("steps", "raster"))
def lif_ensemble(weights, drive, state, parameters, steps, raster):
    dt, tau, v_reset, v_threshold, resistance = parameters
    trials, neurons = drive.shape

    def step(carry, _):
        state, spike_count = carry
        voltage = state.voltage  # (trials, neurons) mV
        fired = voltage >= v_threshold  # (trials, neurons) bool
        voltage = jnp.where(fired, v_reset, voltage)
        current = jnp.einsum("ti,ij->tj", fired, weights) + drive  # (trials, neurons) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        return (state._replace(voltage=voltage), spike_count + fired), fired if raster else None

    spike_count = jnp.zeros((trials, neurons), dtype=jnp.int32)
    (state, spike_count), spikes = jax.lax.scan(step, (state, spike_count), length=steps)
    # scan stacks the steps in front: (steps, trials, neurons)
    spikes = spikes.swapaxes(0, 1) if raster else jnp.empty((trials, 0, neurons), dtype=bool)
    return spikes, spike_count, state
