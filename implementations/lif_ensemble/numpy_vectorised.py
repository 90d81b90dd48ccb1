"""All trials at once: the product of a vector and the weights becomes one of two matrices."""

import numpy as np


def lif_ensemble(weights, drive, state, parameters, steps, raster):
    dt, tau, v_reset, v_threshold, resistance = parameters
    trials, neurons = drive.shape
    spikes = np.empty((trials, steps if raster else 0, neurons), dtype=bool)
    spike_count = np.zeros((trials, neurons), dtype=np.int32)
    voltage = state.voltage  # (trials, neurons) mV
    for step in range(steps):
        fired = voltage >= v_threshold  # (trials, neurons) bool
        voltage = np.where(fired, v_reset, voltage)
        current = fired @ weights + drive  # (trials, neurons) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = np.where(fired, v_reset, voltage)
        spike_count += fired
        if raster:
            spikes[:, step] = fired
    return spikes, spike_count, state._replace(voltage=voltage)
