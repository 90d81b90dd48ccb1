"""torch differentiates the loop as it ran; an `autograd.Function` has the derivative of a spike.

The product stands before the loop, and `unbind` splits it into steps: the gradient of `unbind` is
one `stack`, where that of each `current[step]` is an array of zeros for all steps.
"""

import math

import torch

from .spec import ARCTAN, FAST_SIGMOID, Gradient


def derivative(above, slope, surrogate):
    if surrogate == FAST_SIGMOID:
        return 1 / (1 + slope * torch.abs(above)) ** 2
    if surrogate == ARCTAN:
        return slope / 2 / (1 + (math.pi / 2 * slope * above) ** 2)
    return torch.where(slope * torch.abs(above) < 0.5, slope, 0.0).to(above.dtype)


class Spike(torch.autograd.Function):
    """A step forward, and backward the surrogate."""

    @staticmethod
    def forward(ctx, above, slope, surrogate):  # noqa: D102
        ctx.save_for_backward(above)
        ctx.slope, ctx.surrogate = slope, surrogate
        return (above > 0).to(above.dtype)

    @staticmethod
    def backward(ctx, gradient):  # noqa: D102
        (above,) = ctx.saved_tensors
        return gradient * derivative(above, ctx.slope, ctx.surrogate), None, None


@torch.enable_grad()
def lif_gradient(x, weights, drive, target, parameters, surrogate):
    decay, threshold, slope = parameters
    weights, drive = (given.detach().requires_grad_() for given in (weights, drive))
    current = x @ weights + drive  # (steps, examples, neurons)
    voltage = torch.zeros_like(target)  # (examples, neurons)
    spikes = []
    for now in current.unbind():
        voltage = decay * voltage + now
        above = voltage - threshold
        voltage = torch.where(above > 0, 0, voltage)
        spikes.append(Spike.apply(above, slope, surrogate))
    spikes = torch.stack(spikes)  # (steps, examples, neurons)
    error = spikes.sum(dim=0) - target  # (examples, neurons)
    loss = torch.sum(error**2) / 2
    gradient = torch.autograd.grad(loss, (weights, drive))
    return spikes.detach() > 0, loss.detach(), Gradient(*gradient)
