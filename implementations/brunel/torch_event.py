"""PyTorch as it comes: a table of all rows, from which those that fired are taken and added up.

Rows differ in length, so `pad_sequence` fills the table up with a neuron that is not there. What it
receives is in a last column of `arriving`, which nobody reads.
"""

import torch
from torch.nn.utils.rnn import pad_sequence

from .spec import State


def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    indptr, indices = synapses
    leak, jump, g, v_reset, v_threshold = parameters
    steps, neurons = external.shape
    rows = indices.split(indptr.diff().tolist())
    targets = pad_sequence(rows, batch_first=True, padding_value=neurons)  # (neurons, longest)
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = torch.nn.functional.pad(state.arriving, (0, 1))  # (delay, neurons + 1) jumps
    sends = torch.full_like(voltage, -g)  # (neurons,) jumps
    sends[:excitatory] = 1
    spikes = torch.empty((steps, neurons), dtype=torch.bool, device=external.device)
    for step in range(steps):
        slot = step % len(arriving)
        arrived = arriving[slot, :neurons] + external[step]  # (neurons,) jumps
        voltage = voltage - leak * voltage + jump * arrived
        voltage = torch.where(refractory > 0, v_reset, voltage)
        fired = voltage >= v_threshold  # (neurons,) bool
        pre = fired.nonzero()[:, 0]  # (spikes,)
        post = targets[pre]  # (spikes, longest)
        sent = sends[pre, None].expand_as(post)  # (spikes, longest) jumps
        arriving[slot] = 0
        arriving[slot].index_add_(0, post.flatten(), sent.flatten())
        voltage = torch.where(fired, v_reset, voltage)
        refractory = torch.where(fired, refractory_steps, (refractory - 1).clamp(min=0))
        spikes[step] = fired
    return spikes, State(voltage, refractory, arriving[:, :neurons].roll(-steps, dims=0))
