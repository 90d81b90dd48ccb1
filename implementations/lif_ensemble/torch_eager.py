"""PyTorch as it comes, all trials at once: a step is a handful of large operations."""

import torch


def lif_ensemble(weights, drive, state, parameters, steps, raster):
    dt, tau, v_reset, v_threshold, resistance = parameters
    trials, neurons = drive.shape
    shape = (trials, steps if raster else 0, neurons)
    spikes = torch.empty(shape, dtype=torch.bool, device=drive.device)
    spike_count = torch.zeros((trials, neurons), dtype=torch.int32, device=drive.device)
    voltage = state.voltage  # (trials, neurons) mV
    for step in range(steps):
        fired = voltage >= v_threshold  # (trials, neurons) bool
        voltage = torch.where(fired, v_reset, voltage)
        current = fired.to(weights.dtype) @ weights + drive  # (trials, neurons) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = torch.where(fired, v_reset, voltage)
        spike_count += fired
        if raster:
            spikes[:, step] = fired
    return spikes, spike_count, state._replace(voltage=voltage)
