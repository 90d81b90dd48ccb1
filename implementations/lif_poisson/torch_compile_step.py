"""torch.compile makes one kernel of the drawing and one of the step; the loop stays in Python.

They are two because the parameters are constants in a compiled graph: with other parameters, only
the step is compiled again, and not the twenty rounds of the generator, which take seconds.
"""

import torch
from portstudy.implementations.threefry._torch import fold_in, random_bits

from .spec import State


@torch.compile(fullgraph=True, dynamic=False)
def draw(step_key, table, neurons):
    words = random_bits(step_key, neurons, 32).long() & 0xFFFFFFFF  # (neurons,)
    return torch.sum(words >= table[:, None], dim=0, dtype=torch.int32)  # (neurons,)


@torch.compile(fullgraph=True, dynamic=False)
def step(weights, strength, arrived, voltage, parameters):
    dt, tau, v_reset, v_threshold, resistance = parameters
    fired = voltage >= v_threshold  # (neurons,) bool
    voltage = torch.where(fired, v_reset, voltage)
    current = fired.to(weights.dtype) @ weights + strength * arrived  # (neurons,) nA
    voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
    voltage = torch.where(fired, v_reset, voltage)
    return voltage, fired


def lif_poisson(weights, strength, table, key, state, parameters, steps):
    voltage, first = state  # (neurons,) mV, ()
    key, table = key.view(torch.int32), table.long()
    data = torch.zeros((steps, 2), dtype=torch.int32, device=strength.device)
    data[:, 1] = first + torch.arange(steps, dtype=torch.int32, device=strength.device)
    spikes = torch.empty((steps, len(strength)), dtype=torch.bool, device=strength.device)
    for i, step_key in enumerate(fold_in(key, data)):  # (2,)
        arrived = draw(step_key, table, len(voltage))  # (neurons,) int32
        voltage, fired = step(weights, strength, arrived, voltage, parameters)
        spikes[i] = fired
    return spikes, State(voltage, first + steps)
