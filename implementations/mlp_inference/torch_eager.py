"""PyTorch as it comes: `np` became `torch`, and the rectifier is called `relu`."""

import torch


def mlp_inference(x, hidden, output):
    activity = torch.relu(x @ hidden.weights + hidden.bias)  # (examples, units)
    return activity @ output.weights + output.bias  # (examples, outputs)
