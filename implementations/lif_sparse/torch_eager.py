"""PyTorch as it comes: `index_add_` adds up all synapses, fired or not."""

import torch

from .spec import State


def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr, indices, weights = synapses
    neurons = torch.arange(len(drive), dtype=indptr.dtype, device=drive.device)
    senders = neurons.repeat_interleave(indptr.diff())  # (synapses,)
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = state.arriving.clone()  # (delay, neurons) nA
    spikes = torch.empty((steps, len(drive)), dtype=torch.bool, device=drive.device)
    for step in range(steps):
        slot = step % len(arriving)
        fired = voltage >= v_threshold  # (neurons,) bool
        current = arriving[slot] + drive  # (neurons,) nA
        arriving[slot] = 0
        arriving[slot].index_add_(0, indices, weights * fired[senders])
        refractory = torch.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = torch.where(refractory > 0, v_reset, voltage)
        refractory = (refractory - 1).clamp(min=0)
        spikes[step] = fired
    return spikes, State(voltage, refractory, arriving.roll(-steps, dims=0))
