"""The careless port: the weights stay in NumPy, and are copied to the device in every step."""

import jax
import jax.numpy as jnp
import numpy as np


@jax.jit
def step(weights, drive, state, parameters):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    fired = voltage >= v_threshold  # (neurons,) bool
    voltage = jnp.where(fired, v_reset, voltage)
    current = fired @ weights + drive  # (neurons,) nA
    voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
    voltage = jnp.where(fired, v_reset, voltage)
    return state._replace(voltage=voltage), fired


def lif(weights, drive, state, parameters, steps):
    host = np.array(weights)  # (neurons, neurons) nA, as they would be read from a file
    raster = []
    for _ in range(steps):
        state, fired = step(jnp.array(host), drive, state, parameters)
        raster.append(fired)
    spikes = jnp.array(raster, dtype=bool).reshape(steps, len(drive))
    return spikes, state
