"""The step is compiled and returns the largest magnitude too; Python still decides to go on."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def square(x):
    x = x * x  # (values,)
    return x, x.max()


def square_until(x, tolerance):
    largest = x.abs().max()
    limit = tolerance * largest
    count = 0
    while largest > limit:
        x, largest = square(x)
        count += 1
    return x, torch.tensor(count, dtype=torch.int32, device=x.device)
