"""torch differentiates the loop as it ran; an `autograd.Function` has the derivative of a spike.

The product comes before the loop, and `unbind` splits it into steps: the gradient of `unbind` is
one `stack`, where that of each `current[step]` is an array of zeros for all steps.
"""

import torch

from ._surrogate import derivative
from .spec import Gradient


class Spike(torch.autograd.Function):
    """A step forward, and backward the surrogate."""

    @staticmethod
    def forward(ctx, above, slope, surrogate):  # noqa: D102
        ctx.save_for_backward(above, slope)
        ctx.surrogate = surrogate
        return (above > 0).to(above.dtype)

    @staticmethod
    def backward(ctx, gradient):  # noqa: D102
        above, slope = ctx.saved_tensors
        return gradient * derivative(above, slope, ctx.surrogate), None, None


@torch.enable_grad()
def lif_gradient(x, weights, drive, target, parameters, surrogate):
    decay, threshold, slope = parameters
    slope = drive.new_tensor(slope)
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
