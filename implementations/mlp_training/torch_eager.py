"""PyTorch as it comes: autograd records the forward pass and plays it backwards."""

import torch
from portstudy.implementations.mlp_inference.spec import Layer
from torch.nn.functional import cross_entropy

from .spec import Network


def scores_of(network, x):
    hidden, output = network
    activity = torch.tanh(x @ hidden.weights + hidden.bias)  # (examples, units)
    return activity @ output.weights + output.bias  # (examples, classes)


@torch.enable_grad()
def value_and_grad(network, x, labels):
    hidden, output = (
        Layer(*(value.detach().requires_grad_() for value in layer)) for layer in network
    )
    loss = cross_entropy(scores_of(Network(hidden, output), x), labels)
    gradient = torch.autograd.grad(loss, (*hidden, *output))
    return loss.detach(), Network(Layer(*gradient[:2]), Layer(*gradient[2:]))


def step(network, x, labels, rate):
    loss, gradient = value_and_grad(network, x, labels)
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
    for epoch in range(epochs):
        for start in range(0, drawn, batch):
            now = order[epoch, start : start + batch]
            network, loss = step(network, x[now], labels[now], rate)
            losses[epoch] += loss * len(now) / drawn
    return network, losses, accuracy_of(network, test)
