"""PyTorch as it comes: the rows that fired are joined into one list, `index_add_` adds them up."""

import torch

from .spec import State


def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    indptr, indices = synapses
    leak, jump, g, v_reset, v_threshold = parameters
    steps, neurons = external.shape
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = state.arriving.clone()  # (delay, neurons) jumps
    ends = indptr.tolist()  # of the rows
    spikes = torch.empty((steps, neurons), dtype=torch.bool, device=external.device)
    for step in range(steps):
        slot = step % len(arriving)
        arrived = arriving[slot] + external[step]  # (neurons,) jumps
        voltage = voltage - leak * voltage + jump * arrived
        voltage = torch.where(refractory > 0, v_reset, voltage)
        fired = voltage >= v_threshold  # (neurons,) bool
        pre = fired.nonzero().flatten().tolist()
        rows = [indices[ends[i] : ends[i + 1]] for i in pre]
        post = torch.cat([indices[:0], *rows])  # there may be no row
        sent = torch.full_like(post, -g, dtype=voltage.dtype)  # jumps
        sent[: sum(ends[i + 1] - ends[i] for i in pre if i < excitatory)] = 1
        arriving[slot] = 0
        arriving[slot].index_add_(0, post, sent)
        voltage = torch.where(fired, v_reset, voltage)
        refractory = torch.where(fired, refractory_steps, (refractory - 1).clamp(min=0))
        spikes[step] = fired
    return spikes, State(voltage, refractory, arriving.roll(-steps, dims=0))
