"""The same two words in PyTorch, `grad` and `vmap` of torch.func; not compiled."""

import torch
from torch.func import grad, vmap

from .spec import Derivatives, Orders, Partials


def polynomial(x):
    return x**3 - 3 * x**2 + 2 * x


def wave(angle):
    return angle * torch.sin(angle)


def rectifier(x):
    return torch.relu(x)  # not `clamp(x, min=0)`, which at 0 has a derivative of 1


def surface(a, b):
    return 2 * a**3 - b**2


def orders(function, x):
    values = []
    for _ in range(4):
        function = grad(function)
        values.append(function(x))
    return Orders(*values)


@vmap
def derivatives(x, angle, a, b):
    return Derivatives(
        orders(polynomial, x),
        orders(wave, angle),
        grad(rectifier)(x),
        Partials(grad(surface, argnums=0)(a, b), grad(surface, argnums=1)(a, b)),
    )
