"""PyTorch as it comes: `np` became `torch`, and the temporaries are the same two."""

import torch


def squared_distance(a, b):
    difference = a - b  # (entries,)
    return torch.sum(difference**2)
