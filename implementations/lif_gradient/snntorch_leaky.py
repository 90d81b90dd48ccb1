"""What one would use instead, as usually written: a linear layer and a Leaky, called in each step.

A decay given as a number would be rounded to float32, so it is given as a tensor of the drive's
dtype. snnTorch has no boxcar, but takes one. Its spikes are float32, whatever comes in.
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
    for now in x:
        current = linear(now, weights.T, drive)  # (examples, neurons)
        fired, voltage = leaky(current, voltage)
        spikes.append(fired)
    SpikingNeuron.init()  # or its list would keep each Leaky
    spikes = torch.stack(spikes)  # (steps, examples, neurons)
    error = spikes.sum(dim=0) - target  # (examples, neurons)
    loss = torch.sum(error**2) / 2
    gradient = torch.autograd.grad(loss, (weights, drive))
    return spikes.detach() > 0, loss.detach(), Gradient(*gradient)
