"""The careless port: the step is compiled, but the weights stay in NumPy and travel each time.

On a CPU, JAX would skip the copy of an array that happens to start at a multiple of 64 bytes. Most
do not, and this one never does, so that the port costs the same in every run.
"""

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
    host = np.empty(weights.size + 1, weights.dtype)[1:].reshape(weights.shape)
    host[:] = weights
    raster = []
    for _ in range(steps):
        state, fired = step(host, drive, state, parameters)
        raster.append(fired)
    spikes = jnp.array(raster, dtype=bool).reshape(steps, len(drive))
    return spikes, state
