"""PyTorch's sparse CSR format and `@`; it multiplies from the left, so it is transposed first."""

import warnings

import torch

from .spec import State


def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr, indices, weights = synapses
    with warnings.catch_warnings():  # of a format in beta, whose invariants are not checked
        warnings.simplefilter("ignore", UserWarning)
        matrix = torch.sparse_csr_tensor(indptr, indices, weights, (len(drive), len(drive)))
        matrix = matrix.t().to_sparse_csr()  # once: `fired @ matrix` would do it in every step
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    refractory = state.refractory  # (neurons,) steps left
    arriving = state.arriving.clone()  # (delay, neurons) nA
    spikes = torch.empty((steps, len(drive)), dtype=torch.bool, device=drive.device)
    for step in range(steps):
        slot = step % len(arriving)
        fired = voltage >= v_threshold  # (neurons,) bool
        current = arriving[slot] + drive  # (neurons,) nA
        arriving[slot] = matrix @ fired.to(weights.dtype)
        refractory = torch.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = torch.where(refractory > 0, v_reset, voltage)
        refractory = (refractory - 1).clamp(min=0)
        spikes[step] = fired
    return spikes, State(voltage, refractory, arriving.roll(-steps, dims=0))
