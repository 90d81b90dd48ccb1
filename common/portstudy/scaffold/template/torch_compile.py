"""The same function in PyTorch, compiled as a whole for these shapes."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def template(x, weights, bias):
    return torch.relu(x @ weights + bias)  # (examples, outputs)
