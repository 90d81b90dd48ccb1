"""The step's buffers are donated: the new network is written where the old one was.

An argument may not be donated, because the caller keeps it: the first network is copied. Nor is
the saving that of a whole network: not donated, XLA forms the gradient where the new network is to
be; donated, that is still the old one, and the gradient needs memory of its own.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np


def scores_of(network, x):
    hidden, output = network
    activity = jnp.tanh(x @ hidden.weights + hidden.bias)  # (examples, units)
    return activity @ output.weights + output.bias  # (examples, classes)


def loss_of(network, x, labels):
    log_probabilities = jax.nn.log_softmax(scores_of(network, x))  # (examples, classes)
    return -jnp.mean(log_probabilities[jnp.arange(len(labels)), labels])


@partial(jax.jit, donate_argnames=("network", "total"))
def step(network, total, training, now, rate):
    loss, gradient = jax.value_and_grad(loss_of)(network, training.x[now], training.labels[now])
    network = jax.tree.map(lambda value, derivative: value - rate * derivative, network, gradient)
    return network, total + loss * len(now)


@jax.jit
def accuracy_of(network, test):
    right = scores_of(network, test.x).argmax(axis=1) == test.labels
    return jnp.mean(right, dtype=test.x.dtype)


def mlp_training(training, test, network, order, rate, batch):
    epochs, drawn = order.shape
    host_order = np.asarray(order)  # where the loop is
    network = jax.tree.map(jnp.copy, network)
    losses = []  # nats
    for epoch in range(epochs):
        total = jnp.zeros((), training.x.dtype)
        for start in range(0, drawn, batch):
            now = host_order[epoch, start : start + batch]
            network, total = step(network, total, training, now, rate)
        losses.append(total / drawn)
    return network, jnp.stack(losses), accuracy_of(network, test)
