"""One pass over the state per step, which finds who fires next; rows are added four at a time.

Once rows are skipped, most of the time goes into looking for those that fired. Here the pass that
updates the potentials also compares them with the threshold and counts, block by block, so that
only a block in which some neuron fires is searched. Every inner loop runs over slices from 0: that
is what vectorises. Four rows at a time are four streams from memory and a quarter of the passes
over the sum.
"""

import numpy as np
from numba import njit

from .spec import State

BLOCK = 256  # neurons: 2 KB of each array, and few blocks in which one fires


@njit
def add_rows(current, drive, weights, senders):
    alone = len(senders) % 4
    for post in range(len(current)):
        current[post] = drive[post]
    for sender in senders[:alone]:
        row = weights[sender]
        for post in range(len(current)):
            current[post] += row[post]
    for k in range(alone, len(senders), 4):
        first, second = weights[senders[k]], weights[senders[k + 1]]
        third, fourth = weights[senders[k + 2]], weights[senders[k + 3]]
        for post in range(len(current)):
            current[post] += (first[post] + second[post]) + (third[post] + fourth[post])
    return current


@njit
def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    leak = dt / tau
    neurons = len(drive)
    voltage = state.voltage.copy()  # (neurons,) mV
    current = np.empty_like(drive)  # (neurons,) nA
    spikes = np.empty((steps + 1, neurons), dtype=np.bool_)
    senders = np.empty(neurons, dtype=np.intp)  # of which the first `count` fire in this step
    count = 0
    for n in range(neurons):
        spikes[0, n] = voltage[n] >= v_threshold
        if spikes[0, n]:
            senders[count] = n
            count += 1
    for step in range(steps):
        total = add_rows(current, drive, weights, senders[:count]) if count > 0 else drive  # nA
        count = 0
        for start in range(0, neurons, BLOCK):
            stop = min(start + BLOCK, neurons)
            v, i = voltage[start:stop], total[start:stop]
            fired, fires = spikes[step, start:stop], spikes[step + 1, start:stop]  # and fires next
            some = 0
            for n in range(len(v)):
                after = v[n] + leak * (-v[n] + v_reset + resistance * i[n])
                after = v_reset if fired[n] else after
                v[n] = after
                fires[n] = after >= v_threshold
                some += fires[n]
            if some > 0:
                for n in range(len(v)):
                    if fires[n]:
                        senders[count] = start + n
                        count += 1
    return spikes[:steps], State(voltage)
