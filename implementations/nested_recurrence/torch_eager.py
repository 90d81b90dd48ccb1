"""PyTorch as it comes. `5.0 / x` would be `5.0 * x.reciprocal()`: rounded twice, and a bit off."""

import torch


def nested_recurrence(x, gain, rows, columns):
    gain = torch.full_like(x, gain)  # (values,)
    for _ in range(rows):
        x = x + x  # (values,)
        for _ in range(columns):
            x = x + gain / x
    return x
