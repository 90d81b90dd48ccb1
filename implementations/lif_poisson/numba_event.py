"""Numba, event-driven: loops over the neurons draw, compare and add, all within the cache."""

import numpy as np
from numba import njit
from portstudy.implementations.threefry._numba import bits32, threefry2x32

from .spec import State


@njit
def simulate(weights, strength, table, key, voltage, first, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    neurons = len(strength)
    voltage = voltage.copy()  # (neurons,) mV
    current = np.empty_like(strength)  # (neurons,) nA
    words = np.empty(neurons, dtype=np.uint32)
    arrived = np.empty(neurons, dtype=np.int32)
    spikes = np.empty((steps, neurons), dtype=np.bool_)
    for step in range(steps):
        step_key = threefry2x32(key, np.uint32(0), np.uint32(first + step))
        for i in range(neurons):
            words[i] = bits32(step_key, i)
            arrived[i] = 0
        for k in range(len(table)):
            for i in range(neurons):
                arrived[i] += words[i] >= table[k]
        fired = spikes[step]  # (neurons,) bool
        for i in range(neurons):
            fired[i] = voltage[i] >= v_threshold
            current[i] = strength[i] * arrived[i]
        for pre in range(neurons):
            if fired[pre]:
                for post in range(neurons):
                    current[post] += weights[pre, post]
        for i in range(neurons):
            voltage[i] += (dt / tau) * (-voltage[i] + v_reset + resistance * current[i])
            if fired[i]:
                voltage[i] = v_reset
    return spikes, voltage


def lif_poisson(weights, strength, table, key, state, parameters, steps):
    voltage, first = state  # (neurons,) mV, ()
    spikes, voltage = simulate(
        weights, strength, table, key, voltage, np.uint32(first), parameters, steps
    )
    return spikes, State(voltage, first + np.int32(steps))
