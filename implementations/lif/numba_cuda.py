"""All neurons at once on a GPU, all steps in one kernel: in each, one barrier across the GPU.

To launch a kernel for each step would cost more than the step. So one kernel takes all steps, and
its threads must hear from each other who fires. Threads come in blocks, each on one multiprocessor,
and blocks can only wait for each other if all of them are running: otherwise those that run would
wait for some whose turn never comes. So there is at most one block for each multiprocessor, 132 on
an H200, which fits however many registers it needs. A kernel with a barrier across the grid
(`cuda.cg.this_grid().sync()`) is launched in a way that checks this. A thread has one neuron, or
every `stride`-th if there are more neurons than threads.

Those that fire are appended to a list in memory; an atomic addition hands out the places. They come
in any order, and a sum in another order is rounded differently. So each block sorts the list for
itself: the rank of an entry is the number of smaller ones. After a barrier of the block alone
(`syncthreads`), each thread adds what the senders send to its neuron. Neighbouring threads read
neighbouring weights, which the memory delivers together (coalesced).

There are two lists, as one may be written while the last one is still being read, and each step has
a counter of its own, so that none has to be reset. While few neurons fire, the barrier is the
limit: it takes the time in which the GPU could have read megabytes of weights.
"""

import numpy as np
from numba import cuda

from .spec import State

THREADS = 256  # in a block, at most


@cuda.jit
def simulate(weights, drive, start, parameters, steps, arrived, senders, counts, spikes, voltage):
    dt, tau, v_reset, v_threshold, resistance = parameters
    neurons = len(drive)
    first, stride = cuda.grid(1), cuda.gridsize(1)  # this thread's neurons
    block, thread, threads = cuda.blockIdx.x, cuda.threadIdx.x, cuda.blockDim.x
    everyone = cuda.cg.this_grid()

    for i in range(first, neurons, stride):
        voltage[i] = start[i]
    for step in range(first, steps, stride):
        counts[step] = 0
    everyone.sync()  # none appends before the counters are 0
    for step in range(steps):
        latest = step % 2
        for i in range(first, neurons, stride):
            fired = voltage[i] >= v_threshold
            spikes[step, i] = fired
            if fired:
                arrived[latest, cuda.atomic.add(counts, step, 1)] = i
        everyone.sync()  # all have appended
        total = counts[step]
        for k in range(thread, total, threads):
            rank = 0
            for other in range(total):
                rank += arrived[latest, other] < arrived[latest, k]
            senders[block, rank] = arrived[latest, k]
        cuda.syncthreads()  # the block has sorted
        for i in range(first, neurons, stride):
            current = drive[i]  # nA
            for k in range(total):
                current += weights[senders[block, k], i]
            after = voltage[i] + (dt / tau) * (-voltage[i] + v_reset + resistance * current)
            voltage[i] = v_reset if voltage[i] >= v_threshold else after


def lif(weights, drive, state, parameters, steps):
    neurons = len(drive)
    gpu = cuda.get_current_device()
    share = (neurons + gpu.MULTIPROCESSOR_COUNT - 1) // gpu.MULTIPROCESSOR_COUNT
    warps = (share + 31) // 32  # of 32 threads each
    threads = min(32 * warps, THREADS, gpu.MAX_THREADS_PER_BLOCK)
    blocks = min((neurons + threads - 1) // threads, gpu.MULTIPROCESSOR_COUNT)
    spikes = cuda.device_array((steps, neurons), dtype=np.bool_)
    voltage = cuda.device_array(neurons, dtype=drive.dtype)  # mV
    arrived = cuda.device_array((2, neurons), dtype=np.int32)  # who fires in a step, and the last
    senders = cuda.device_array((blocks, neurons), dtype=np.int32)  # and sorted, a list a block
    counts = cuda.device_array(steps, dtype=np.int32)
    simulate[blocks, threads](
        weights, drive, state.voltage, parameters, steps, arrived, senders, counts, spikes, voltage
    )
    return spikes, State(voltage)
