"""Event-driven: only the rows of the neurons that fired are summed, not the whole matrix."""

import numpy as np
from portstudy.implementations.threefry._numpy import fold_in, random_bits

from .spec import State


def lif_poisson(weights, strength, table, key, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage, first = state  # (neurons,) mV, ()
    data = np.zeros((steps, 2), dtype=np.uint32)
    data[:, 1] = first + np.arange(steps, dtype=np.int32)
    raster = []
    for step_key in fold_in(key, data):  # (2,)
        words = random_bits(step_key, len(voltage), 32)  # (neurons,) uint32
        arrived = np.sum(words >= table[:, np.newaxis], axis=0, dtype=voltage.dtype)  # (neurons,)
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = np.where(fired, v_reset, voltage)
        current = weights[fired].sum(axis=0) + strength * arrived  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = np.where(fired, v_reset, voltage)
        raster.append(fired)
    spikes = np.array(raster, dtype=bool).reshape(steps, len(strength))
    return spikes, State(voltage, first + np.int32(steps))
