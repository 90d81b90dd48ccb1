"""Several processes: each simulates its share of the trials; `all_gather` collects the results.

Every process runs this same program on the same arguments and takes the trials that belong to its
number, its rank. They talk only once, after all steps: then every process has all results. They
have found each other before, by `init_process_group` or `torchrun`, on one machine or on several;
one process alone does what `torch_eager` does.

In JAX a program states how arrays are cut, and the compiler does the rest. Here that is written
out: which part is mine, and what is sent to all. Gathering needs parts of equal length, so trials
are padded, and what was computed of the added ones is dropped.
"""

import torch
import torch.distributed as dist


def gather(part):
    """The parts of all ranks, one after the other."""
    parts = [torch.empty_like(part) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, part)
    return torch.cat(parts)


def lif_ensemble(weights, drive, state, parameters, steps, raster):
    if not dist.is_initialized():
        raise RuntimeError(
            "lif_ensemble/torch_distributed runs in a process group, and there is none: call "
            "torch.distributed.init_process_group first, or start the program with torchrun"
        )
    ranks, rank = dist.get_world_size(), dist.get_rank()
    dt, tau, v_reset, v_threshold, resistance = parameters
    all_trials, neurons = drive.shape
    trials = -(-all_trials // ranks)  # of one rank
    spare, own = ranks * trials - all_trials, slice(rank * trials, (rank + 1) * trials)
    drive, voltage = (
        torch.nn.functional.pad(x, (0, 0, 0, spare))[own] for x in (drive, state.voltage)
    )  # (trials, neurons) nA, mV

    shape = (trials, steps if raster else 0, neurons)
    spikes = torch.empty(shape, dtype=torch.bool, device=drive.device)
    spike_count = torch.zeros((trials, neurons), dtype=torch.int32, device=drive.device)
    for step in range(steps):
        fired = voltage >= v_threshold  # (trials, neurons) bool
        voltage = torch.where(fired, v_reset, voltage)
        current = fired.to(weights.dtype) @ weights + drive  # (trials, neurons) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = torch.where(fired, v_reset, voltage)
        spike_count += fired
        if raster:
            spikes[:, step] = fired
    spikes, spike_count, voltage = (gather(x)[:all_trials] for x in (spikes, spike_count, voltage))
    return spikes, spike_count, state._replace(voltage=voltage)
