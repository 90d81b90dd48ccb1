"""PyTorch as it comes: `np` became `torch`, and a boolean vector must be cast to be multiplied."""

import torch


def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    spikes = torch.empty((steps, len(drive)), dtype=torch.bool, device=drive.device)
    for step in range(steps):
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = torch.where(fired, v_reset, voltage)
        current = fired.to(weights.dtype) @ weights + drive  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = torch.where(fired, v_reset, voltage)
        spikes[step] = fired
    return spikes, state._replace(voltage=voltage)
