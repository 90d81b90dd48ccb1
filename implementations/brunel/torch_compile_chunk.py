"""As many steps as the delay are compiled, into one loop; the list of synapses stays eager.

A list whose length depends on the data would break the graph in every step. No spike arrives sooner
than after the delay, so the list can wait: each neuron is loaded once, goes through all steps of
this window, and is stored.
"""

import torch

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
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = state.arriving.clone()  # (delay, neurons) jumps
    ends = indptr.tolist()  # of the rows
    spikes = torch.empty((steps, neurons), dtype=torch.bool, device=external.device)
    for start in range(0, steps, delay):
        window = slice(start, start + delay)  # the last may be shorter
        spikes[window], voltage, refractory = integrate(
            arriving, external[window], voltage, refractory, parameters, refractory_steps
        )
        for slot, fired in enumerate(spikes[window]):
            pre = fired.nonzero().flatten().tolist()
            rows = [indices[ends[i] : ends[i + 1]] for i in pre]
            post = torch.cat([indices[:0], *rows])  # there may be no row
            sent = torch.full_like(post, -parameters.g, dtype=voltage.dtype)  # jumps
            sent[: sum(ends[i + 1] - ends[i] for i in pre if i < excitatory)] = 1
            arriving[slot] = 0
            arriving[slot].index_add_(0, post, sent)
    return spikes, State(voltage, refractory, arriving.roll(-steps, dims=0))
