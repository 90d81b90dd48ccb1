"""torch.compile unrolls the Python loop and fuses its steps into one pass."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def geometric_decay(x, rate, steps):
    for _ in range(steps):
        x = x - rate * x  # (values,)
    return x
