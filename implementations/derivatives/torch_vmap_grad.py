"""`vmap` of `grad` in PyTorch, from torch.func; not compiled."""

from torch.func import grad, vmap

from ._torch import polynomial, rectifier, surface, wave
from .spec import Derivatives, Orders, Partials


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
