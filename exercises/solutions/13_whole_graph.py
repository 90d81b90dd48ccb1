"""One graph, not three: a solution."""

import torch


def normalise(x):
    largest = x.abs().max()
    return x / torch.where(largest > 0, largest, 1)
