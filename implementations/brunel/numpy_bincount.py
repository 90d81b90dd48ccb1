"""All rows that fired are joined into one list, which `bincount` adds up."""

import numpy as np

from .spec import State


def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    indptr, indices = synapses
    leak, jump, g, v_reset, v_threshold = parameters
    steps, neurons = external.shape
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = state.arriving.copy()  # (delay, neurons) jumps
    sends = np.where(np.arange(neurons) < excitatory, 1, -g)  # (neurons,) jumps
    spikes = np.empty((steps, neurons), dtype=bool)
    for step in range(steps):
        slot = step % len(arriving)
        arrived = arriving[slot] + external[step]  # (neurons,) jumps
        voltage = voltage - leak * voltage + jump * arrived
        voltage = np.where(refractory > 0, v_reset, voltage)
        fired = voltage >= v_threshold  # (neurons,) bool
        pre = np.flatnonzero(fired)
        start, stop = indptr[pre], indptr[pre + 1]
        rows = [indices[a:b] for a, b in zip(start, stop, strict=True)]
        post = np.concatenate([indices[:0], *rows])  # there may be no row
        sent = np.repeat(sends[pre], stop - start)
        arriving[slot] = np.bincount(post, sent, minlength=neurons)
        voltage = np.where(fired, v_reset, voltage)
        refractory = np.where(fired, refractory_steps, np.maximum(refractory - 1, 0))
        spikes[step] = fired
    return spikes, State(voltage, refractory, np.roll(arriving, -steps, axis=0))
