"""CUDA graphs: on a GPU, the kernels of five steps are recorded once and then launched as one.

A step is a handful of small kernels, each of which takes less time on the GPU than Python and the
driver take to launch it. `mode="reduce-overhead"` records the launches of a compiled function and
replays them with a single call. A graph has no loop and no branch: the five steps are unrolled, and
what is left over of `steps` becomes a second, shorter graph. Larger chunks take longer to compile.

A replay computes the same thing at the same addresses, so the next one overwrites its outputs. What
is to be kept has to be copied out first: the raster is, and the state is cloned. Inputs are copied
in, unless they are marked as staying where they are: copying the weights would cost more than a
step that reads them.

On a CPU there is nothing to record: this is torch_compile_step with five steps per call.
"""

import torch

from .spec import State

CHUNK = 5  # steps a graph


@torch.compile(mode="reduce-overhead", fullgraph=True, dynamic=False)
def advance(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    voltage = state.voltage  # (neurons,) mV
    raster = []
    for _ in range(steps):
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = torch.where(fired, v_reset, voltage)
        current = fired.to(weights.dtype) @ weights + drive  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = torch.where(fired, v_reset, voltage)
        raster.append(fired)
    return State(voltage), torch.stack(raster)


def lif(weights, drive, state, parameters, steps):
    torch._dynamo.mark_static_address(weights)
    spikes = torch.empty((steps, len(drive)), dtype=torch.bool, device=drive.device)
    for start in range(0, steps, CHUNK):
        torch.compiler.cudagraph_mark_step_begin()
        stop = min(start + CHUNK, steps)
        state, fired = advance(weights, drive, state, parameters, stop - start)
        state = State(state.voltage.clone())
        spikes[start:stop] = fired
    return spikes, state
