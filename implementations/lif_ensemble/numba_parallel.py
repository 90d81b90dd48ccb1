"""`prange`: the trials share nothing that changes, and are spread over the cores."""

import numpy as np
from numba import njit, prange
from portstudy.implementations.lif.spec import State


@njit(parallel=True)
def lif_ensemble(weights, drive, state, parameters, steps, raster):
    dt, tau, v_reset, v_threshold, resistance = parameters
    trials, neurons = drive.shape
    spikes = np.empty((trials, steps if raster else 0, neurons), dtype=np.bool_)
    spike_count = np.zeros((trials, neurons), dtype=np.int32)
    voltages = state.voltage.copy()  # (trials, neurons) mV
    for trial in prange(trials):
        voltage = voltages[trial]  # (neurons,) mV
        current = np.empty_like(voltage)  # (neurons,) nA
        unrecorded = np.empty(neurons, dtype=np.bool_)
        for step in range(steps):
            fired = spikes[trial, step] if raster else unrecorded  # (neurons,) bool
            for i in range(neurons):
                fired[i] = voltage[i] >= v_threshold
                current[i] = drive[trial, i]
            for pre in range(neurons):
                if fired[pre]:
                    spike_count[trial, pre] += 1
                    for post in range(neurons):
                        current[post] += weights[pre, post]
            for i in range(neurons):
                voltage[i] += (dt / tau) * (-voltage[i] + v_reset + resistance * current[i])
                if fired[i]:
                    voltage[i] = v_reset
    return spikes, spike_count, State(voltages)
