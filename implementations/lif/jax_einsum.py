"""`scan`, with the product as `einsum`: its indices say which axis is summed over."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="steps")
def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters

    def step(state, _):
        voltage = state.voltage  # (neurons,) mV
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = jnp.where(fired, v_reset, voltage)
        current = jnp.einsum("i,ij->j", fired, weights) + drive  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        return state._replace(voltage=voltage), fired

    state, spikes = jax.lax.scan(step, state, length=steps)
    return spikes, state
