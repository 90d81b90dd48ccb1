"""All rows that fired at once: their synapses are listed with `repeat`, added with `bincount`."""

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
        # Row after row in one list: the k-th of all is the (k - before)-th of its own row.
        start, stop = indptr[:-1][fired], indptr[1:][fired]
        before = np.cumsum(stop - start) - (stop - start)
        row = np.repeat(start - before, stop - start)
        row += np.arange(len(row))
        arriving[slot] = np.bincount(indices[row], weights[row], minlength=len(drive))
        refractory = np.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = np.where(refractory > 0, v_reset, voltage)
        refractory = np.maximum(refractory - 1, 0)
        raster.append(fired)
    spikes = np.array(raster, dtype=bool).reshape(steps, len(drive))
    return spikes, State(voltage, refractory, np.roll(arriving, -steps, axis=0))
