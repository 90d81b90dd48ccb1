"""PyTorch as it comes: words are signed here, and must be widened before they are compared."""

import torch
from portstudy.implementations.threefry._torch import fold_in, random_bits

from .spec import State


def lif_poisson(weights, strength, table, key, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage, first = state  # (neurons,) mV, ()
    key, table = key.view(torch.int32), table.long()
    data = torch.zeros((steps, 2), dtype=torch.int32, device=strength.device)
    data[:, 1] = first + torch.arange(steps, dtype=torch.int32, device=strength.device)
    spikes = torch.empty((steps, len(strength)), dtype=torch.bool, device=strength.device)
    for i, step_key in enumerate(fold_in(key, data)):  # (2,)
        words = random_bits(step_key, len(voltage), 32).long() & 0xFFFFFFFF  # (neurons,)
        arrived = torch.sum(words >= table[:, None], dim=0, dtype=voltage.dtype)  # (neurons,)
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = torch.where(fired, v_reset, voltage)
        current = fired.to(weights.dtype) @ weights + strength * arrived  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = torch.where(fired, v_reset, voltage)
        spikes[i] = fired
    return spikes, State(voltage, first + steps)
