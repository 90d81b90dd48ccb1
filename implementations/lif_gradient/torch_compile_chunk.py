"""torch.compile, five steps at a time: what they do between the products becomes one loop.

Step by step, each would cost a call; as a whole, 500 steps would take minutes to compile. torch
differentiates the compiled chunks and compiles their gradients, too. A spike gets its derivative
here without an `autograd.Function`: from a term that is zero, but whose gradient is not.
"""

import torch

from ._surrogate import derivative
from .spec import Gradient

CHUNK = 5  # steps


def spike(above, slope, surrogate):
    zero = above - above.detach()  # whose gradient is 1
    return (above > 0).to(above.dtype) + derivative(above.detach(), slope, surrogate) * zero


@torch.compile(fullgraph=True, dynamic=False)
def steps_of(voltage, current, parameters, surrogate):
    decay, threshold, slope = parameters
    slope = current.new_tensor(slope)
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
