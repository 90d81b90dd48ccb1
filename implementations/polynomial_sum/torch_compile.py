"""Compiled by torch.compile: Inductor fuses all four operations into one C++ loop."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def polynomial_sum(x):
    x = x + 2  # (entries,)
    x = x**2 - 4
    return torch.sum(x)
