"""The whole loop in one compiled graph, by torch's (prototype) `scan`."""

import torch
from torch._higher_order_ops.scan import scan

from .spec import State


@torch.compile(fullgraph=True, dynamic=False)
def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters

    def step(carry, _):
        (voltage,) = carry  # (neurons,) mV; scan takes plain tuples, no NamedTuple
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = torch.where(fired, v_reset, voltage)
        current = fired.to(weights.dtype) @ weights + drive  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = torch.where(fired, v_reset, voltage)
        return (voltage,), fired

    if steps == 0:  # which scan refuses
        return torch.empty((0, len(drive)), dtype=torch.bool, device=drive.device), state
    ticks = torch.empty(steps, device=drive.device)  # scan takes its length from an array
    (voltage,), spikes = scan(step, (state.voltage,), ticks)
    return spikes, State(voltage)
