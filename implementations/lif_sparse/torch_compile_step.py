"""The membrane is compiled into one loop; the list of synapses, of any length, stays eager."""

import torch

from .spec import State


@torch.compile(fullgraph=True, dynamic=False)
def integrate(arrived, drive, voltage, refractory, parameters, refractory_steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    fired = voltage >= v_threshold  # (neurons,) bool
    current = arrived + drive  # (neurons,) nA
    refractory = torch.where(fired, refractory_steps, refractory)
    voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
    voltage = torch.where(refractory > 0, v_reset, voltage)
    refractory = (refractory - 1).clamp(min=0)
    return fired, voltage, refractory


def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr, indices, weights = synapses
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = state.arriving.clone()  # (delay, neurons) nA
    spikes = torch.empty((steps, len(drive)), dtype=torch.bool, device=drive.device)
    for step in range(steps):
        slot = arriving[step % len(arriving)]  # (neurons,) nA
        fired, voltage, refractory = integrate(
            slot, drive, voltage, refractory, parameters, refractory_steps
        )
        # Row after row in one list: the k-th of all is the (k - before)-th of its own row.
        start, stop = indptr[:-1][fired], indptr[1:][fired]
        before = (stop - start).cumsum(0) - (stop - start)
        row = (start - before).repeat_interleave(stop - start)
        row += torch.arange(len(row), device=drive.device)
        slot.zero_().index_add_(0, indices[row], weights[row])
        spikes[step] = fired
    return spikes, State(voltage, refractory, arriving.roll(-steps, dims=0))
