"""As many steps as the delay are integrated first; what was sent in them is added afterwards.

No spike arrives sooner, so the order of the two does not matter, and each becomes a loop that does
one thing. The first has no `if`, so that the compiler advances several neurons at once. The second
asks of eight neurons at a time whether any fired. Its indices are unsigned: a signed one would have
to be checked for being negative, which counts from the end.
"""

import numpy as np
from numba import njit

from .spec import State


@njit
def integrate(voltage, refractory, arriving, external, parameters, refractory_steps, spikes):
    leak, jump, _, v_reset, v_threshold = parameters
    pause = np.int32(refractory_steps)
    for step in range(len(spikes)):
        slot, outside, fired = arriving[step], external[step], spikes[step]  # (neurons,)
        for i in range(len(voltage)):
            arrived = slot[i] + voltage.dtype.type(outside[i])
            after = voltage[i] - leak * voltage[i] + jump * arrived
            after = v_reset if refractory[i] > 0 else after
            fired[i] = after >= v_threshold
            voltage[i] = v_reset if after >= v_threshold else after
            left = max(refractory[i] - np.int32(1), np.int32(0))
            refractory[i] = pause if after >= v_threshold else left
        slot[:] = 0


@njit
def list_fired(fired, sources):
    count = 0
    whole = len(fired) // 8 * 8
    eights = fired[:whole].view(np.uint64)
    for i in range(len(eights)):
        if eights[i] != 0:
            for pre in range(8 * i, 8 * i + 8):
                sources[count] = pre
                count += fired[pre]
    for pre in range(whole, len(fired)):
        sources[count] = pre
        count += fired[pre]
    return sources[:count]


@njit
def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    indptr, indices = synapses
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
            for pre in list_fired(spikes[step], sources):
                sent = sends[pre]
                for post in indices[indptr[pre] : indptr[pre + 1]]:
                    slot[np.uint64(post)] += sent
    rolled = np.empty_like(arriving)  # row 0 arrives next
    for row in range(delay):
        rolled[row] = arriving[(row + steps) % delay]
    return spikes, State(voltage, refractory, rolled)
