"""PyTorch as it comes: `np` became `torch`, and the count becomes a tensor at the end."""

import torch


def square_until(x, tolerance):
    limit = tolerance * x.abs().max()
    count = 0
    while x.abs().max() > limit:
        x = x * x  # (values,)
        count += 1
    return x, torch.tensor(count, dtype=torch.int32, device=x.device)
