"""PyTorch as it comes: `np` became `torch`, and the temporaries are the same three."""

import torch


def polynomial_sum(x):
    x = x + 2  # (entries,)
    x = x**2 - 4
    return torch.sum(x)
