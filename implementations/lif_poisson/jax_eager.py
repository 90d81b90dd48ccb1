"""`np` became `jnp`, and `jax.random` has the generator: other libraries must write it out."""

import jax
import jax.numpy as jnp

from .spec import State


def lif_poisson(weights, strength, table, key, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage, first = state  # (neurons,) mV, ()
    key = jax.random.wrap_key_data(key, impl="threefry2x32")
    raster = []
    for i in range(steps):
        step_key = jax.random.fold_in(key, first + i)
        words = jax.random.bits(step_key, len(voltage), "uint32")  # (neurons,)
        arrived = jnp.sum(words >= table[:, jnp.newaxis], axis=0, dtype=voltage.dtype)  # (neurons,)
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = jnp.where(fired, v_reset, voltage)
        current = fired @ weights + strength * arrived  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        raster.append(fired)
    spikes = jnp.array(raster, dtype=bool).reshape(steps, len(strength))
    return spikes, State(voltage, first + steps)
