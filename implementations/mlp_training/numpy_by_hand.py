"""The reference: NumPy, with the backward pass derived and written by hand."""

import numpy as np
from portstudy.implementations.mlp_inference.spec import Layer

from .spec import Network


def value_and_grad(network, x, labels):
    hidden, output = network
    activity = np.tanh(x @ hidden.weights + hidden.bias)  # (examples, units)
    scores = activity @ output.weights + output.bias  # (examples, classes)
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=1, keepdims=True)  # (examples, 1)
    examples = np.arange(len(labels))
    loss = np.mean(np.log(total[:, 0]) - shifted[examples, labels])

    d_scores = exponentials / total  # (examples, classes)
    d_scores[examples, labels] -= 1
    d_scores /= len(labels)
    d_product = d_scores @ output.weights.T * (1 - activity**2)  # (examples, units)
    d_hidden = Layer(x.T @ d_product, d_product.sum(axis=0))
    d_output = Layer(activity.T @ d_scores, d_scores.sum(axis=0))
    return loss, Network(d_hidden, d_output)


def step(network, x, labels, rate):
    loss, gradient = value_and_grad(network, x, labels)
    hidden, output = (
        Layer(*(value - rate * derivative for value, derivative in zip(*pair, strict=True)))
        for pair in zip(network, gradient, strict=True)
    )
    return Network(hidden, output), loss


def accuracy_of(network, test):
    hidden, output = network
    activity = np.tanh(test.x @ hidden.weights + hidden.bias)  # (examples, units)
    scores = activity @ output.weights + output.bias  # (examples, classes)
    return np.mean(scores.argmax(axis=1) == test.labels, dtype=test.x.dtype)


def mlp_training(training, test, network, order, rate, batch):
    epochs, drawn = order.shape
    losses = np.zeros(epochs, training.x.dtype)  # nats
    for epoch in range(epochs):
        for start in range(0, drawn, batch):
            now = order[epoch, start : start + batch]
            network, loss = step(network, training.x[now], training.labels[now], rate)
            losses[epoch] += loss * len(now) / drawn
    return network, losses, accuracy_of(network, test)
