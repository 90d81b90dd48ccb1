"""torch.compile, five steps at a time: what they do between the products becomes one loop.

Compiled step by step, each would cost a call; compiled as a whole, 500 steps would take minutes to
compile. torch differentiates the compiled chunks, and compiles their gradients too. Here a spike is
told its derivative without an `autograd.Function`: by a term that is zero, but whose gradient is
not.
"""

import math

import torch

from .spec import ARCTAN, FAST_SIGMOID, Gradient

CHUNK = 5  # steps


def derivative(above, slope, surrogate):
    if surrogate == FAST_SIGMOID:
        return 1 / (1 + slope * torch.abs(above)) ** 2
    if surrogate == ARCTAN:
        return slope / 2 / (1 + (math.pi / 2 * slope * above) ** 2)
    return torch.where(slope * torch.abs(above) < 0.5, slope, 0.0).to(above.dtype)


def spike(above, slope, surrogate):
    zero = above - above.detach()  # whose gradient is 1
    return (above > 0).to(above.dtype) + derivative(above.detach(), slope, surrogate) * zero


@torch.compile(fullgraph=True, dynamic=False)
def steps_of(voltage, current, parameters, surrogate):
    decay, threshold, slope = parameters
    spikes = []
    for now in current.unbind():
        voltage = decay * voltage + now
        above = voltage - threshold
        voltage = torch.where(above > 0, 0, voltage)
        spikes.append(spike(above, slope, surrogate))
    return voltage, torch.stack(spikes)


@torch.enable_grad()
def lif_gradient(x, weights, drive, target, parameters, surrogate):
    weights, drive = (given.detach().requires_grad_() for given in (weights, drive))
    current = x @ weights + drive  # (steps, examples, neurons)
    voltage = torch.zeros_like(target)  # (examples, neurons)
    spikes = []
    for chunk in current.split(CHUNK):
        voltage, fired = steps_of(voltage, chunk, parameters, surrogate)
        spikes.append(fired)
    spikes = torch.cat(spikes)  # (steps, examples, neurons)
    error = spikes.sum(dim=0) - target  # (examples, neurons)
    loss = torch.sum(error**2) / 2
    gradient = torch.autograd.grad(loss, (weights, drive))
    return spikes.detach() > 0, loss.detach(), Gradient(*gradient)
