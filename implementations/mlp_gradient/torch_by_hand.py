"""Backwards by hand, in PyTorch: outer products are products of broadcast axes."""

import torch

from .spec import Layer


def mlp_gradient(hidden, output, x, labels):
    activity = torch.tanh(x @ hidden.weights + hidden.bias)  # (examples, units)
    scores = activity @ output.weights + output.bias  # (examples, classes)
    error = torch.softmax(scores, dim=1)  # (examples, classes)
    error[torch.arange(len(labels), device=labels.device), labels.long()] -= 1
    back = (error @ output.weights.T) * (1 - activity**2)  # (examples, units)
    return (
        Layer(x[:, :, None] * back[:, None, :], back),
        Layer(activity[:, :, None] * error[:, None, :], error),
    )
