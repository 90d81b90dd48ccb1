"""One trial's step is written down; `vmap` makes it the step of all trials, `compile` fuses it."""

import torch


def step_one(weights, drive, state, parameters):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    fired = voltage >= v_threshold  # (neurons,) bool
    voltage = torch.where(fired, v_reset, voltage)
    current = fired.to(weights.dtype) @ weights + drive  # (neurons,) nA
    voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
    voltage = torch.where(fired, v_reset, voltage)
    return state._replace(voltage=voltage), fired


@torch.compile(fullgraph=True, dynamic=False)
def step_all(weights, drive, state, parameters):
    step = torch.func.vmap(step_one, in_dims=(None, 0, 0, None))
    return step(weights, drive, state, parameters)


def lif_ensemble(weights, drive, state, parameters, steps, raster):
    trials, neurons = drive.shape
    shape = (trials, steps if raster else 0, neurons)
    spikes = torch.empty(shape, dtype=torch.bool, device=drive.device)
    spike_count = torch.zeros((trials, neurons), dtype=torch.int32, device=drive.device)
    for i in range(steps):
        state, fired = step_all(weights, drive, state, parameters)
        spike_count += fired
        if raster:
            spikes[:, i] = fired
    return spikes, spike_count, state
