"""A block of a GPU for each trial: its state stays on chip, and only its own threads wait.

A block is a group of threads that runs on one multiprocessor of the GPU (an H200 has 132). Its
threads can do what those of different blocks cannot: wait for each other (`syncthreads`, some 20
ns) and share some memory that is as close as registers. Trials share nothing that changes, so a
block takes one trial through all of its steps, in one kernel, and never waits for the others. 1,000
trials are all resident at once, 8 to a multiprocessor.

In a step, each thread looks at its own neurons and appends those that fire to a list in shared
memory. An atomic addition hands out the places, so that nobody overwrites another's. But they come
in any order, and a sum in another order is rounded differently. So the list is sorted, and every
run gives the same bits: the rank of an entry is the number of smaller ones, and each thread finds
it for a few. Then each thread adds the rows of those that fired to the current of its own neurons.
Neighbouring threads read neighbouring weights, which the memory delivers to a warp of 32 together
(coalesced).

Rows come from the second-level cache, whose speed is the limit as long as it holds the weights. The
other limit is shared memory: 48 KB per block unless one asks for more, or 3,000 neurons in float64.
"""

import numpy as np
from numba import cuda, int32
from portstudy.implementations.lif.spec import State

THREADS = 128  # in a block, at most


@cuda.jit
def simulate(weights, drive, start, parameters, steps, raster, spikes, spike_count, end):
    dt, tau, v_reset, v_threshold, resistance = parameters
    trial, thread, threads = cuda.blockIdx.x, cuda.threadIdx.x, cuda.blockDim.x
    neurons = len(weights)
    # Every shared array of a block starts at the same address: they are laid out by hand.
    voltage = cuda.shared.array(0, drive.dtype)[:neurons]  # (neurons,) mV
    integers = cuda.shared.array(0, int32)[neurons * drive.itemsize // 4 :]
    arrived = integers[:neurons]  # who fires, in the order of arrival
    senders = integers[neurons : 2 * neurons]  # and sorted
    count = integers[2 * neurons :]  # (2,) how many, in this step and in the next

    for i in range(thread, neurons, threads):
        voltage[i] = start[trial, i]
        spike_count[trial, i] = 0
    if thread == 0:
        count[0] = 0
    cuda.syncthreads()  # none appends before the counter is 0
    for step in range(steps):
        for i in range(thread, neurons, threads):
            if voltage[i] >= v_threshold:
                arrived[cuda.atomic.add(count, step % 2, 1)] = i
        cuda.syncthreads()  # all have appended
        total = count[step % 2]
        if thread == 0:
            count[(step + 1) % 2] = 0
        for k in range(thread, total, threads):
            rank = 0
            for other in range(total):
                rank += arrived[other] < arrived[k]
            senders[rank] = arrived[k]
        cuda.syncthreads()  # all have sorted
        for i in range(thread, neurons, threads):
            fired = voltage[i] >= v_threshold
            current = drive[trial, i]  # nA
            for k in range(total):
                current += weights[senders[k], i]
            voltage[i] += (dt / tau) * (-voltage[i] + v_reset + resistance * current)
            if fired:
                voltage[i] = v_reset
                spike_count[trial, i] += 1
            if raster:
                spikes[trial, step, i] = fired
    for i in range(thread, neurons, threads):
        end[trial, i] = voltage[i]


def lif_ensemble(weights, drive, state, parameters, steps, raster):
    trials, neurons = drive.shape
    spikes = cuda.device_array((trials, steps if raster else 0, neurons), dtype=np.bool_)
    spike_count = cuda.device_array((trials, neurons), dtype=np.int32)
    voltages = cuda.device_array((trials, neurons), dtype=drive.dtype)  # mV
    shared = neurons * drive.dtype.itemsize + (2 * neurons + 2) * 4  # bytes
    threads = min(THREADS, neurons, cuda.get_current_device().MAX_THREADS_PER_BLOCK)
    simulate[trials, threads, 0, shared](
        weights, drive, state.voltage, parameters, steps, raster, spikes, spike_count, voltages
    )
    return spikes, spike_count, State(voltages)
