"""SciPy again, but the rows that fired are taken out first: a small matrix, then its sum."""

import numpy as np
from scipy.sparse import csr_array

from .spec import State


def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr, indices, weights = synapses
    matrix = csr_array((weights, indices, indptr), shape=(len(drive), len(drive)))
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = state.arriving.copy()  # (delay, neurons) nA
    raster = []
    for step in range(steps):
        slot = step % len(arriving)
        fired = voltage >= v_threshold  # (neurons,) bool
        current = arriving[slot] + drive  # (neurons,) nA
        arriving[slot] = matrix[fired].sum(axis=0)
        refractory = np.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = np.where(refractory > 0, v_reset, voltage)
        refractory = np.maximum(refractory - 1, 0)
        raster.append(fired)
    spikes = np.array(raster, dtype=bool).reshape(steps, len(drive))
    return spikes, State(voltage, refractory, np.roll(arriving, -steps, axis=0))
