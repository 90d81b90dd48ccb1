"""The reference: NumPy goes through the rows of the neurons that fired, one by one."""

import numpy as np

from .spec import State


def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr, indices, weights = synapses
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = state.arriving.copy()  # (delay, neurons) nA
    raster = []
    for step in range(steps):
        slot = step % len(arriving)
        fired = voltage >= v_threshold  # (neurons,) bool
        current = arriving[slot] + drive  # (neurons,) nA
        arriving[slot] = 0
        for pre in np.flatnonzero(fired):
            row = slice(indptr[pre], indptr[pre + 1])
            np.add.at(arriving[slot], indices[row], weights[row])  # a target may occur twice
        refractory = np.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = np.where(refractory > 0, v_reset, voltage)
        refractory = np.maximum(refractory - 1, 0)
        raster.append(fired)
    spikes = np.array(raster, dtype=bool).reshape(steps, len(drive))
    return spikes, State(voltage, refractory, np.roll(arriving, -steps, axis=0))
