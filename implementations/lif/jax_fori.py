"""The whole loop is compiled: `fori_loop` carries the state and the raster it fills."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="steps")
def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters

    def step(i, carry):
        state, spikes = carry
        voltage = state.voltage  # (neurons,) mV
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = jnp.where(fired, v_reset, voltage)
        current = fired @ weights + drive  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        return state._replace(voltage=voltage), spikes.at[i].set(fired)

    spikes = jnp.zeros((steps, len(drive)), dtype=bool)
    if steps > 0:  # an empty raster has no row to be set, not even while JAX traces the step
        state, spikes = jax.lax.fori_loop(0, steps, step, (state, spikes))
    return spikes, state
