"""As many steps as the delay are compiled into one loop; what fires is added up outside, eagerly.

How many rows are added depends on the data, which would break the graph in every step. But no spike
arrives before the delay is over, so the rows can wait: each neuron is loaded once, goes through all
steps of this window, and is stored. The table of rows is that of `torch_event`.
"""

import torch
from torch.nn.utils.rnn import pad_sequence

from .spec import State


@torch.compile(fullgraph=True, dynamic=False)
def integrate(arriving, external, voltage, refractory, parameters, refractory_steps):
    leak, jump, _, v_reset, v_threshold = parameters
    raster = []
    for slot, outside in enumerate(external):
        arrived = arriving[slot] + outside  # (neurons,) jumps
        voltage = voltage - leak * voltage + jump * arrived
        voltage = torch.where(refractory > 0, v_reset, voltage)
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = torch.where(fired, v_reset, voltage)
        refractory = torch.where(fired, refractory_steps, (refractory - 1).clamp(min=0))
        raster.append(fired)
    return torch.stack(raster), voltage, refractory


def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    indptr, indices = synapses
    steps, neurons = external.shape
    delay = len(state.arriving)
    rows = indices.split(indptr.diff().tolist())
    targets = pad_sequence(rows, batch_first=True, padding_value=neurons)  # (neurons, longest)
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = torch.nn.functional.pad(state.arriving, (0, 1))  # (delay, neurons + 1) jumps
    sends = torch.full_like(voltage, -parameters.g)  # (neurons,) jumps
    sends[:excitatory] = 1
    spikes = torch.empty((steps, neurons), dtype=torch.bool, device=external.device)
    for start in range(0, steps, delay):
        window = slice(start, start + delay)  # the last may be shorter
        spikes[window], voltage, refractory = integrate(
            arriving[:, :neurons],
            external[window],
            voltage,
            refractory,
            parameters,
            refractory_steps,
        )
        for slot, fired in enumerate(spikes[window]):
            pre = fired.nonzero()[:, 0]  # (spikes,)
            post = targets[pre]  # (spikes, longest)
            sent = sends[pre, None].expand_as(post)  # (spikes, longest) jumps
            arriving[slot] = 0
            arriving[slot].index_add_(0, post.flatten(), sent.flatten())
    return spikes, State(voltage, refractory, arriving[:, :neurons].roll(-steps, dims=0))
