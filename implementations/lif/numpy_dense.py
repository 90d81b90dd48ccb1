"""The reference: vectorised NumPy, a Python loop over the steps."""

import numpy as np


def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    raster = []
    for _ in range(steps):
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = np.where(fired, v_reset, voltage)
        current = fired @ weights + drive  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = np.where(fired, v_reset, voltage)
        raster.append(fired)
    spikes = np.array(raster, dtype=bool).reshape(steps, len(drive))
    return spikes, state._replace(voltage=voltage)
