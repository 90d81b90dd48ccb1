"""What came before torch.func: `autograd.grad` of a sum, each term of which is of its own point.

A sum over the points is one number, and its derivative with respect to a point is that of the
point's own term. `create_graph` records the derivative, so that it can be differentiated in turn.
"""

import torch

from ._torch import polynomial, rectifier, surface, wave
from .spec import Derivatives, Orders, Partials


def gradient(function, *arguments):
    inputs = [argument.detach().requires_grad_() for argument in arguments]
    return torch.autograd.grad(function(*inputs).sum(), inputs)


def orders(function, x):
    x = x.detach().requires_grad_()
    value, values = function(x), []
    for _ in range(4):
        (value,) = torch.autograd.grad(value.sum(), x, create_graph=True)
        values.append(value.detach())
    return Orders(*values)


@torch.enable_grad()
def derivatives(x, angle, a, b):
    (slope,) = gradient(rectifier, x)
    return Derivatives(
        orders(polynomial, x),
        orders(wave, angle),
        slope,
        Partials(*gradient(surface, a, b)),
    )
