"""Gathered, iterated and scattered back, by a mask, whose count compiled code would not know."""

import torch


def piecewise_map(reynolds, roughness, iterations):
    friction = 64 / reynolds  # (points,), right where the flow is laminar
    turbulent = reynolds >= 2300  # (points,) bool
    reynolds = reynolds[turbulent]  # as many as there are
    x = torch.full_like(reynolds, 7)  # 1 / sqrt(friction)
    for _ in range(iterations):
        x = -2 * torch.log10(roughness / 3.7 + 2.51 * x / reynolds)
    friction[turbulent] = 1 / x**2
    return friction  # (points,)
