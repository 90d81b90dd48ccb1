"""The step is compiled: `grad_and_value` traces forward and backward pass into one graph.

A graph is compiled for one shape, which takes long. There is only one, as what is left over from an
epoch is padded to a whole batch, with examples that have no weight in the mean.
"""

import torch
from portstudy.implementations.mlp_inference.spec import Layer
from torch.func import grad_and_value
from torch.nn.functional import cross_entropy, pad

from .spec import Network


def scores_of(network, x):
    hidden, output = network
    activity = torch.tanh(x @ hidden.weights + hidden.bias)  # (examples, units)
    return activity @ output.weights + output.bias  # (examples, classes)


def loss_of(network, x, labels, share):
    return cross_entropy(scores_of(network, x), labels, reduction="none") @ share


@torch.compile(fullgraph=True, dynamic=False)
def step(network, x, labels, share, rate):
    gradient, loss = grad_and_value(loss_of)(network, x, labels, share)
    hidden, output = (
        Layer(*(value - rate * derivative for value, derivative in zip(*pair, strict=True)))
        for pair in zip(network, gradient, strict=True)
    )
    return Network(hidden, output), loss


def accuracy_of(network, test):
    right = scores_of(network, test.x).argmax(dim=1) == test.labels
    return torch.mean(right, dtype=test.x.dtype)


def mlp_training(training, test, network, order, rate, batch):
    epochs, drawn = order.shape
    x, labels = training.x, training.labels.long()
    losses = torch.zeros(epochs, dtype=x.dtype, device=x.device)  # nats
    order = pad(order, (0, -drawn % batch))  # (epochs, batches * batch)
    for epoch in range(epochs):
        for start in range(0, drawn, batch):
            now = order[epoch, start : start + batch]
            size = min(batch, drawn - start)
            share = torch.zeros(batch, dtype=x.dtype, device=x.device)
            share[:size] = 1 / size
            network, loss = step(network, x[now], labels[now], share, rate)
            losses[epoch] += loss * size / drawn
    return network, losses, accuracy_of(network, test)
