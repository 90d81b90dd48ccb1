"""The step is compiled by torch.compile, the loop over the steps stays in Python."""

import torch

from .spec import State


@torch.compile(fullgraph=True, dynamic=False)
def step(weights, drive, state, parameters):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    fired = voltage >= v_threshold  # (neurons,) bool
    voltage = torch.where(fired, v_reset, voltage)
    current = fired.to(weights.dtype) @ weights + drive  # (neurons,) nA
    voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
    voltage = torch.where(fired, v_reset, voltage)
    return State(voltage), fired


def lif(weights, drive, state, parameters, steps):
    spikes = torch.empty((steps, len(drive)), dtype=torch.bool, device=drive.device)
    for i in range(steps):
        state, fired = step(weights, drive, state, parameters)
        spikes[i] = fired
    return spikes, state
