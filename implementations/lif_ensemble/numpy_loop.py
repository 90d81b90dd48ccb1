"""The reference: one trial after the other, each as if it were alone."""

import numpy as np


def lif_ensemble(weights, drive, state, parameters, steps, raster):
    dt, tau, v_reset, v_threshold, resistance = parameters
    trials, neurons = drive.shape
    spikes = np.empty((trials, steps if raster else 0, neurons), dtype=bool)
    spike_count = np.zeros((trials, neurons), dtype=np.int32)
    voltages = np.empty_like(drive)  # (trials, neurons) mV
    for trial in range(trials):
        voltage = state.voltage[trial]  # (neurons,) mV
        for step in range(steps):
            fired = voltage >= v_threshold  # (neurons,) bool
            voltage = np.where(fired, v_reset, voltage)
            current = fired @ weights + drive[trial]  # (neurons,) nA
            voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
            voltage = np.where(fired, v_reset, voltage)
            spike_count[trial] += fired
            if raster:
                spikes[trial, step] = fired
        voltages[trial] = voltage
    return spikes, spike_count, state._replace(voltage=voltages)
