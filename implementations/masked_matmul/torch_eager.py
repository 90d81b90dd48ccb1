"""PyTorch as it comes: `np` became `torch`."""

import torch


def masked_matmul(m):
    mapped = torch.where(m > 0.5, m**2, torch.sqrt(m))  # (n, n)
    return mapped @ mapped
