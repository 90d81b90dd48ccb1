"""One linear layer for all steps, whose output is indexed: half way to its best, and the slowest.

The gradient of each `current[step]` is an array of zeros for all steps, with one step filled in,
and there are as many of these to add up as there are steps.
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
    current = linear(x, weights.T, drive)  # (steps, examples, neurons)
    for step in range(len(x)):
        fired, voltage = leaky(current[step], voltage)
        spikes.append(fired)
    SpikingNeuron.init()  # or its list would keep each Leaky
    spikes = torch.stack(spikes)  # (steps, examples, neurons)
    error = spikes.sum(dim=0) - target  # (examples, neurons)
    loss = torch.sum(error**2) / 2
    gradient = torch.autograd.grad(loss, (weights, drive))
    return spikes.detach() > 0, loss.detach(), Gradient(*gradient)
