"""Only `np` became `jnp`: every operation is dispatched on its own."""

import jax.numpy as jnp


def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    raster = []
    for _ in range(steps):
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = jnp.where(fired, v_reset, voltage)
        current = fired @ weights + drive  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        raster.append(fired)
    spikes = jnp.array(raster, dtype=bool).reshape(steps, len(drive))
    return spikes, state._replace(voltage=voltage)
