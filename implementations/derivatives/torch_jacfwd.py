"""Forwards instead of backwards, in PyTorch: `jacfwd`, four deep."""

import torch
from torch.func import jacfwd, vmap

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
        function = jacfwd(function)
        values.append(function(x))
    return Orders(*values)


@vmap
def derivatives(x, angle, a, b):
    return Derivatives(
        orders(polynomial, x),
        orders(wave, angle),
        jacfwd(rectifier)(x),
        Partials(jacfwd(surface, argnums=0)(a, b), jacfwd(surface, argnums=1)(a, b)),
    )
