"""Loops written out and compiled by Numba; one `if` skips the rows of the silent neurons."""

import numpy as np
from numba import njit

from .spec import State


@njit
def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr, indices, weights = synapses
    dt, tau, v_reset, v_threshold, resistance = parameters
    neurons = len(drive)
    delay = len(state.arriving)
    voltage = state.voltage.copy()  # (neurons,) mV
    refractory = state.refractory.copy()  # (neurons,) steps left
    arriving = state.arriving.copy()  # (delay, neurons) nA
    spikes = np.empty((steps, neurons), dtype=np.bool_)
    for step in range(steps):
        slot = arriving[step % delay]  # (neurons,) nA
        fired = spikes[step]  # (neurons,) bool
        for i in range(neurons):
            fired[i] = voltage[i] >= v_threshold
            current = slot[i] + drive[i]
            slot[i] = 0
            if fired[i]:
                refractory[i] = refractory_steps
            voltage[i] += (dt / tau) * (-voltage[i] + v_reset + resistance * current)
            if refractory[i] > 0:
                voltage[i] = v_reset
                refractory[i] -= 1
        for pre in range(neurons):
            if fired[pre]:
                for k in range(indptr[pre], indptr[pre + 1]):
                    slot[indices[k]] += weights[k]
    rolled = np.empty_like(arriving)  # row 0 arrives next
    for row in range(delay):
        rolled[row] = arriving[(row + steps) % delay]
    return spikes, State(voltage, refractory, rolled)
