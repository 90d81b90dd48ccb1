"""Loops written out and compiled by Numba; every weight is still read in every step."""

import numpy as np
from numba import njit

from .spec import State


@njit
def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    neurons = len(drive)
    voltage = state.voltage.copy()  # (neurons,) mV
    current = np.empty_like(drive)  # (neurons,) nA
    spikes = np.empty((steps, neurons), dtype=np.bool_)
    for step in range(steps):
        fired = spikes[step]  # (neurons,) bool
        for i in range(neurons):
            fired[i] = voltage[i] >= v_threshold
            current[i] = drive[i]
        for pre in range(neurons):
            for post in range(neurons):
                current[post] += fired[pre] * weights[pre, post]
        for i in range(neurons):
            voltage[i] += (dt / tau) * (-voltage[i] + v_reset + resistance * current[i])
            if fired[i]:
                voltage[i] = v_reset
    return spikes, State(voltage)
