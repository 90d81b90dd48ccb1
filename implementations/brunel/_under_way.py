"""What a simulator does not tell: the jumps under way at the end, worked out from the raster."""

import numpy as np


def under_way(arriving, spikes, synapses, sends):
    indptr, indices = synapses
    steps = len(spikes)
    arriving = np.concatenate([arriving[steps:], np.zeros_like(arriving)[:steps]])
    for slot, fired in zip(arriving[::-1], spikes[::-1], strict=False):  # the last steps, as many
        for pre in np.flatnonzero(fired):
            np.add.at(slot, indices[indptr[pre] : indptr[pre + 1]], sends[pre])
    return arriving  # (delay, neurons) jumps
