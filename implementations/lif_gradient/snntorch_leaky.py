"""What one would use instead, as usually written: a linear layer and a Leaky, called every step.

snnTorch would round a decay given as a number to float32, so it is given as a tensor of the drive's
dtype. There is no boxcar, but one can be added. Spikes are float32, whatever comes in.
"""

import torch
from snntorch import Leaky, SpikingNeuron
from snntorch import surrogate as surrogates
from torch.nn.functional import linear

from ._surrogate import derivative
from .spec import ARCTAN, FAST_SIGMOID, Gradient


def make_leaky(parameters, surrogate, drive):
    decay, threshold, slope = (drive.new_tensor(given) for given in parameters)
    if surrogate == FAST_SIGMOID:
        spike_grad = surrogates.fast_sigmoid(slope)
    elif surrogate == ARCTAN:
        spike_grad = surrogates.atan(slope)
    else:
        spike_grad = surrogates.custom_surrogate(
            lambda above, gradient, _: gradient * derivative(above, slope, surrogate)
        )
    return Leaky(decay, threshold=threshold, spike_grad=spike_grad, reset_mechanism="zero")


@torch.enable_grad()
def lif_gradient(x, weights, drive, target, parameters, surrogate):
    weights, drive = (given.detach().requires_grad_() for given in (weights, drive))
    leaky = make_leaky(parameters, surrogate, drive)
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
