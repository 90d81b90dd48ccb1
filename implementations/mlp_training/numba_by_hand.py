"""The products stay with BLAS, all else is one loop after each, with a `tanh` that vectorises.

The C library's `tanh`, which Numba would call, takes one value at a time, and for all of them as
long as BLAS takes for the products; a polynomial is a few vector instructions.
"""

import math

import numpy as np
from numba import njit
from portstudy.implementations.gaussian_mixture._exponential import exp_of_negative
from portstudy.implementations.mlp_inference.spec import Layer

from .spec import Network


@njit(error_model="numpy")  # by default a division may raise, and such a loop does not vectorise
def tanh(x):
    """(1 - e) / (1 + e) with e = exp(-2 |x|): right to an ulp of 1, not of itself."""
    e = exp_of_negative(-2 * abs(x))
    return math.copysign((1 - e) / (1 + e), x)


@njit
def forward(network, x):
    hidden, output = network
    activity = x @ hidden.weights  # (examples, units)
    for i in range(activity.shape[0]):
        for h in range(activity.shape[1]):
            activity[i, h] = tanh(activity[i, h] + hidden.bias[h])
    scores = activity @ output.weights  # (examples, classes)
    for i in range(scores.shape[0]):
        for c in range(scores.shape[1]):
            scores[i, c] += output.bias[c]
    return activity, scores


@njit
def cross_entropy(scores, labels):
    """The loss; its gradient with respect to the scores takes their place."""
    loss = 0.0
    for i in range(scores.shape[0]):
        largest = scores[i].max()
        correct = scores[i, labels[i]] - largest
        total = 0.0
        for c in range(scores.shape[1]):
            scores[i, c] = math.exp(scores[i, c] - largest)
            total += scores[i, c]
        loss += math.log(total) - correct
        for c in range(scores.shape[1]):
            scores[i, c] = (scores[i, c] / total - (c == labels[i])) / len(labels)
    return loss / len(labels), scores


@njit
def descend(layer, x, d_product, rate):
    d_weights = x.T @ d_product  # (inputs, outputs)
    for i in range(d_weights.shape[0]):
        for h in range(d_weights.shape[1]):
            layer.weights[i, h] -= rate * d_weights[i, h]
    d_bias = np.zeros_like(layer.bias)
    for i in range(d_product.shape[0]):
        for h in range(d_product.shape[1]):
            d_bias[h] += d_product[i, h]
    for h in range(len(d_bias)):
        layer.bias[h] -= rate * d_bias[h]


@njit
def train(training, test, network, order, rate, batch):
    epochs, drawn = order.shape
    hidden = Layer(network.hidden.weights.copy(), network.hidden.bias.copy())
    output = Layer(network.output.weights.copy(), network.output.bias.copy())
    network = Network(hidden, output)
    losses = np.zeros(epochs, training.x.dtype)  # nats
    for epoch in range(epochs):
        for start in range(0, drawn, batch):
            now = order[epoch, start : start + batch]
            x, labels = training.x[now], training.labels[now]
            activity, scores = forward(network, x)
            loss, d_scores = cross_entropy(scores, labels)  # (examples, classes)
            d_product = d_scores @ output.weights.T  # (examples, units)
            for i in range(d_product.shape[0]):
                for h in range(d_product.shape[1]):
                    d_product[i, h] *= 1 - activity[i, h] ** 2
            descend(output, activity, d_scores, rate)
            descend(hidden, x, d_product, rate)
            losses[epoch] += loss * len(now) / drawn
    _, scores = forward(network, test.x.copy())
    right = 0
    for i in range(len(scores)):
        right += scores[i].argmax() == test.labels[i]
    return network, losses, right


def mlp_training(training, test, network, order, rate, batch):
    network, losses, right = train(training, test, network, order, rate, batch)
    return network, losses, test.x.dtype.type(right / len(test.x))
