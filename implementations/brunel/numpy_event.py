"""The reference: NumPy goes through the rows of the neurons that fired, one by one."""

import numpy as np

from .spec import State


def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    indptr, indices = synapses
    leak, jump, g, v_reset, v_threshold = parameters
    steps, neurons = external.shape
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = state.arriving.copy()  # (delay, neurons) jumps
    # Of the potentials' dtype: from another, `np.add.at` would take ten times as long.
    sends = np.where(np.arange(neurons) < excitatory, 1, -g)  # (neurons,) jumps
    spikes = np.empty((steps, neurons), dtype=bool)
    for step in range(steps):
        slot = step % len(arriving)
        arrived = arriving[slot] + external[step]  # (neurons,) jumps
        voltage = voltage - leak * voltage + jump * arrived
        voltage = np.where(refractory > 0, v_reset, voltage)
        fired = voltage >= v_threshold  # (neurons,) bool
        arriving[slot] = 0
        for pre in np.flatnonzero(fired):
            row = indices[indptr[pre] : indptr[pre + 1]]
            np.add.at(arriving[slot], row, sends[pre])  # a target may occur twice
        voltage = np.where(fired, v_reset, voltage)
        refractory = np.where(fired, refractory_steps, np.maximum(refractory - 1, 0))
        spikes[step] = fired
    return spikes, State(voltage, refractory, np.roll(arriving, -steps, axis=0))
