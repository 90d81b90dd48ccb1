"""Compiled whole, with `where`: one fused loop, in which both branches are still paid for."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def piecewise_map(reynolds, roughness, iterations):
    fast = torch.clamp(reynolds, min=2300)  # the logarithm must exist where it is not selected, too
    x = torch.full_like(reynolds, 7)  # (points,) 1 / sqrt(friction)
    for _ in range(iterations):
        x = -2 * torch.log10(roughness / 3.7 + 2.51 * x / fast)
    turbulent = 1 / x**2
    laminar = 64 / reynolds
    return torch.where(reynolds < 2300, laminar, turbulent)  # (points,)
