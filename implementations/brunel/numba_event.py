"""Loops written out and compiled by Numba; one `if` skips the rows of the silent neurons."""

import numpy as np
from numba import njit

from .spec import State


@njit
def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    indptr, indices = synapses
    leak, jump, g, v_reset, v_threshold = parameters
    steps, neurons = external.shape
    delay = len(state.arriving)
    voltage = state.voltage.copy()  # (neurons,) mV
    refractory = state.refractory.copy()  # (neurons,) steps left
    arriving = state.arriving.copy()  # (delay, neurons) jumps
    sends = np.full_like(voltage, -g)  # (neurons,) jumps
    sends[:excitatory] = 1
    spikes = np.empty((steps, neurons), dtype=np.bool_)
    for step in range(steps):
        slot = arriving[step % delay]  # (neurons,) jumps
        fired = spikes[step]  # (neurons,) bool
        for i in range(neurons):
            slot[i] += external[step, i]
            voltage[i] = voltage[i] - leak * voltage[i] + jump * slot[i]
            slot[i] = 0
            if refractory[i] > 0:
                voltage[i] = v_reset
                refractory[i] -= 1
            fired[i] = voltage[i] >= v_threshold
            if fired[i]:
                voltage[i] = v_reset
                refractory[i] = refractory_steps
        for pre in range(neurons):
            if fired[pre]:
                for k in range(indptr[pre], indptr[pre + 1]):
                    slot[indices[k]] += sends[pre]
    rolled = np.empty_like(arriving)  # row 0 arrives next
    for row in range(delay):
        rolled[row] = arriving[(row + steps) % delay]
    return spikes, State(voltage, refractory, rolled)
