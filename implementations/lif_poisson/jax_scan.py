"""The whole loop is compiled, with `jax.random` in it: `scan` carries the number of the step."""

from functools import partial

import jax
import jax.numpy as jnp

from .spec import State


@partial(jax.jit, static_argnames="steps")
def lif_poisson(weights, strength, table, key, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    key = jax.random.wrap_key_data(key, impl="threefry2x32")

    def step(state, _):
        voltage, now = state  # (neurons,) mV, ()
        step_key = jax.random.fold_in(key, now)
        words = jax.random.bits(step_key, len(voltage), "uint32")  # (neurons,)
        arrived = jnp.sum(words >= table[:, jnp.newaxis], axis=0, dtype=voltage.dtype)  # (neurons,)
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = jnp.where(fired, v_reset, voltage)
        current = fired @ weights + strength * arrived  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        return State(voltage, now + 1), fired

    state, spikes = jax.lax.scan(step, state, length=steps)
    return spikes, state
