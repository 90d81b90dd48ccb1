"""The four functions in PyTorch, of one point or of many: what its ports differentiate."""

import torch


def polynomial(x):
    return x**3 - 3 * x**2 + 2 * x


def wave(angle):
    return angle * torch.sin(angle)


def rectifier(x):
    return torch.relu(x)  # not `clamp(x, min=0)`, which at 0 has a derivative of 1


def surface(a, b):
    return 2 * a**3 - b**2
