"""The step is compiled, the loop over the batches stays in Python: one dispatch per batch."""

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


@jax.jit
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
    losses = []  # nats
    for epoch in range(epochs):
        total = jnp.zeros((), training.x.dtype)
        for start in range(0, drawn, batch):
            now = host_order[epoch, start : start + batch]
            network, total = step(network, total, training, now, rate)
        losses.append(total / drawn)
    return network, jnp.stack(losses), accuracy_of(network, test)
