"""Numba, event-driven, for the vector unit: a choice instead of a branch, plain indices.

The membrane's loop has no `if` and few arrays, so that several neurons are advanced at once. Those
that fired are listed without a branch as well: each neuron is written down, and stays if it fired.
An unsigned index cannot be negative, so it needs no check for counting from the end.
"""

import numpy as np
from numba import njit

from .spec import State


@njit
def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr, indices, weights = synapses
    dt, tau, v_reset, v_threshold, resistance = parameters
    neurons, delay = len(drive), len(state.arriving)
    voltage = state.voltage.copy()  # (neurons,) mV
    refractory = state.refractory.copy()  # (neurons,) steps left
    arriving = state.arriving.copy()  # (delay, neurons) nA
    sources = np.empty(neurons, dtype=np.uint32)
    spikes = np.empty((steps, neurons), dtype=np.bool_)
    for step in range(steps):
        slot = arriving[step % delay]  # (neurons,) nA
        fired = spikes[step]  # (neurons,) bool
        for i in range(neurons):
            fired[i] = voltage[i] >= v_threshold
        for i in range(neurons):
            current = slot[i] + drive[i]
            left = np.int32(refractory_steps) if fired[i] else refractory[i]
            relaxed = voltage[i] + (dt / tau) * (-voltage[i] + v_reset + resistance * current)
            voltage[i] = v_reset if left > 0 else relaxed
            refractory[i] = max(left - np.int32(1), np.int32(0))
        slot[:] = 0
        count = 0
        for pre in range(neurons):
            sources[count] = pre
            count += fired[pre]
        for pre in sources[:count]:
            for k in range(np.uint64(indptr[pre]), np.uint64(indptr[pre + 1])):
                slot[np.uint64(indices[k])] += weights[k]
    rolled = np.empty_like(arriving)  # row 0 arrives next
    for row in range(delay):
        rolled[row] = arriving[(row + steps) % delay]
    return spikes, State(voltage, refractory, rolled)
