"""Half way to its best, and the worst: one linear layer for all steps, its output indexed by step.

The gradient of each `current[step]` is an array of zeros for all steps, in which one is set; and as
many of these are added up as there are steps.
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
