"""Four rows are added at a time: four streams from memory, where one would leave it idle.

Adding a row takes two loads, an addition and a store for each synapse. But a row is only a few
kilobytes, somewhere among many megabytes, and ends before the memory is up to speed. With four rows
at once, four fetches are under way at any time. All else is as in `numba_window`.
"""

import numpy as np
from numba import njit

from .numba_window import integrate, list_fired
from .spec import State


@njit
def add_row(slot, row, sent):
    for post in row:
        slot[np.uint64(post)] += sent


@njit
def add_four(slot, rows, sent):
    first, second, third, fourth = rows
    shared = min(len(first), len(second), len(third), len(fourth))
    for k in range(shared):
        slot[np.uint64(first[k])] += sent[0]
        slot[np.uint64(second[k])] += sent[1]
        slot[np.uint64(third[k])] += sent[2]
        slot[np.uint64(fourth[k])] += sent[3]
    add_row(slot, first[shared:], sent[0])
    add_row(slot, second[shared:], sent[1])
    add_row(slot, third[shared:], sent[2])
    add_row(slot, fourth[shared:], sent[3])


@njit
def row_of(synapses, pre):
    indptr, indices = synapses
    return indices[indptr[pre] : indptr[pre + 1]]


@njit
def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    steps, neurons = external.shape
    delay = len(state.arriving)
    voltage = state.voltage.copy()  # (neurons,) mV
    refractory = state.refractory.copy()  # (neurons,) steps left
    arriving = state.arriving.copy()  # (delay, neurons) jumps
    sends = np.full_like(voltage, -parameters.g)  # (neurons,) jumps
    sends[:excitatory] = 1
    sources = np.empty(neurons + 1, dtype=np.uint32)
    spikes = np.empty((steps, neurons), dtype=np.bool_)
    for start in range(0, steps, delay):
        window = slice(start, min(start + delay, steps))
        integrate(
            voltage, refractory, arriving,
            external[window], parameters, refractory_steps, spikes[window],
        )  # fmt: skip
        for step in range(start, min(start + delay, steps)):
            slot = arriving[step - start]  # (neurons,) jumps
            fires = list_fired(spikes[step], sources)
            alone = len(fires) % 4
            for pre in fires[:alone]:
                add_row(slot, row_of(synapses, pre), sends[pre])
            for n in range(alone, len(fires), 4):
                a, b, c, d = fires[n], fires[n + 1], fires[n + 2], fires[n + 3]
                rows = (
                    row_of(synapses, a), row_of(synapses, b),
                    row_of(synapses, c), row_of(synapses, d),
                )  # fmt: skip
                add_four(slot, rows, (sends[a], sends[b], sends[c], sends[d]))
    rolled = np.empty_like(arriving)  # row 0 arrives next
    for row in range(delay):
        rolled[row] = arriving[(row + steps) % delay]
    return spikes, State(voltage, refractory, rolled)
