"""snnTorch at its best: one linear layer for all steps, unbound before the loop.

The gradient of `unbind` is one `stack`, where that of each `current[step]` is an array of zeros for
all steps.
"""

import torch
from snntorch import Leaky, SpikingNeuron
from snntorch import surrogate as surrogates
from torch.nn.functional import linear

from .spec import ARCTAN, FAST_SIGMOID, Gradient


def surrogate_of(slope, surrogate):
    if surrogate == FAST_SIGMOID:
        return surrogates.fast_sigmoid(slope)
    if surrogate == ARCTAN:
        return surrogates.atan(slope)
    return surrogates.custom_surrogate(
        lambda above, gradient, _: gradient * torch.where(slope * above.abs() < 0.5, slope, 0.0)
    )


@torch.enable_grad()
def lif_gradient(x, weights, drive, target, parameters, surrogate):
    decay, threshold, slope = parameters
    weights, drive = (given.detach().requires_grad_() for given in (weights, drive))
    leaky = Leaky(
        drive.new_tensor(decay),
        threshold=drive.new_tensor(threshold),
        spike_grad=surrogate_of(slope, surrogate),
        reset_mechanism="zero",
    )
    voltage = torch.zeros_like(target)  # (examples, neurons)
    spikes = []
    for now in linear(x, weights.T, drive).unbind():  # (examples, neurons)
        fired, voltage = leaky(now, voltage)
        spikes.append(fired)
    SpikingNeuron.init()  # or its list would keep each Leaky
    spikes = torch.stack(spikes)  # (steps, examples, neurons)
    error = spikes.sum(dim=0) - target  # (examples, neurons)
    loss = torch.sum(error**2) / 2
    gradient = torch.autograd.grad(loss, (weights, drive))
    return spikes.detach() > 0, loss.detach(), Gradient(*gradient)
