"""A pass over the state per step finds who fires next: a trial stays in the fastest cache.

As in lif's `numba_event_fused`, the pass that updates the potentials also counts, block by block,
how many reach threshold, so that only a block in which some neuron does is searched. No list of who
fired is kept: it is those that are still at threshold. So a step touches three arrays of a trial,
24 KB for 1,000 neurons. All that the cores share are the rows of those that fire, which are added
four at a time.
"""

import numpy as np
from numba import njit, prange
from portstudy.implementations.lif.spec import State

BLOCK = 256  # neurons: few blocks in which one fires


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
def update(voltage, current, parameters):
    dt, tau, v_reset, v_threshold, resistance = parameters
    leak = dt / tau
    fires = 0
    for i in range(len(voltage)):
        before = voltage[i]
        after = before + leak * (-before + v_reset + resistance * current[i])
        after = v_reset if before >= v_threshold else after
        voltage[i] = after
        fires += after >= v_threshold
    return fires


@njit
def simulate(weights, drive, voltage, parameters, spikes, spike_count, steps):
    v_threshold = parameters.v_threshold
    neurons = len(drive)
    current = np.empty_like(drive)  # (neurons,) nA
    senders = np.empty(neurons, dtype=np.intp)  # of which the first `count` fire in this step
    count = 0
    for i in range(neurons):
        if voltage[i] >= v_threshold:
            senders[count] = i
            count += 1
    for step in range(steps):
        for sender in senders[:count]:
            spike_count[sender] += 1
        if len(spikes) > 0:
            spikes[step] = False
            for sender in senders[:count]:
                spikes[step, sender] = True
        total = add_rows(current, drive, weights, senders[:count]) if count > 0 else drive  # nA
        count = 0
        for start in range(0, neurons, BLOCK):
            stop = min(start + BLOCK, neurons)
            if update(voltage[start:stop], total[start:stop], parameters) > 0:
                for i in range(start, stop):
                    if voltage[i] >= v_threshold:
                        senders[count] = i
                        count += 1


@njit(parallel=True)
def lif_ensemble(weights, drive, state, parameters, steps, raster):
    trials, neurons = drive.shape
    spikes = np.empty((trials, steps if raster else 0, neurons), dtype=np.bool_)
    spike_count = np.zeros((trials, neurons), dtype=np.int32)
    voltages = state.voltage.copy()  # (trials, neurons) mV
    for trial in prange(trials):
        simulate(
            weights, drive[trial], voltages[trial], parameters,
            spikes[trial], spike_count[trial], steps,
        )  # fmt: skip
    return spikes, spike_count, State(voltages)
