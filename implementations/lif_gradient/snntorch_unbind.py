"""snnTorch at its best: one linear layer for all steps, unbound before the loop.

The gradient of `unbind` is one `stack`, where that of each `current[step]` is an array of zeros for
all steps.
"""

import torch
from snntorch import SpikingNeuron
from torch.nn.functional import linear

from .snntorch_leaky import make_leaky
from .spec import Gradient


@torch.enable_grad()
def lif_gradient(x, weights, drive, target, parameters, surrogate):
    weights, drive = (given.detach().requires_grad_() for given in (weights, drive))
    leaky = make_leaky(parameters, surrogate, drive)
    voltage = torch.zeros_like(target)  # (examples, neurons)
    spikes = []
    for current in linear(x, weights.T, drive).unbind():  # (examples, neurons)
        fired, voltage = leaky(current, voltage)
        spikes.append(fired)
    SpikingNeuron.init()  # or its list would keep each Leaky
    spikes = torch.stack(spikes)  # (steps, examples, neurons)
    error = spikes.sum(dim=0) - target  # (examples, neurons)
    loss = torch.sum(error**2) / 2
    gradient = torch.autograd.grad(loss, (weights, drive))
    return spikes.detach() > 0, loss.detach(), Gradient(*gradient)
