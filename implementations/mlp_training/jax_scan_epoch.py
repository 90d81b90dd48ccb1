"""An epoch is compiled: `scan` over its batches, then one step more for what is left over."""

from functools import partial

import jax
import jax.numpy as jnp


def scores_of(network, x):
    hidden, output = network
    activity = jnp.tanh(x @ hidden.weights + hidden.bias)  # (examples, units)
    return activity @ output.weights + output.bias  # (examples, classes)


def loss_of(network, x, labels):
    log_probabilities = jax.nn.log_softmax(scores_of(network, x))  # (examples, classes)
    return -jnp.mean(log_probabilities[jnp.arange(len(labels)), labels])


@partial(jax.jit, static_argnames="batch")
def train_epoch(network, training, order, rate, batch):
    drawn = len(order)

    def step(network, now):
        loss, gradient = jax.value_and_grad(loss_of)(network, training.x[now], training.labels[now])
        network = jax.tree.map(
            lambda value, derivative: value - rate * derivative, network, gradient
        )
        return network, loss * len(now) / drawn

    full = drawn // batch * batch
    network, losses = jax.lax.scan(step, network, order[:full].reshape(drawn // batch, batch))
    loss = losses.sum()
    if full < drawn:  # what is left over has a shape of its own
        network, last = step(network, order[full:])
        loss += last
    return network, loss


@jax.jit
def accuracy_of(network, test):
    right = scores_of(network, test.x).argmax(axis=1) == test.labels
    return jnp.mean(right, dtype=test.x.dtype)


def mlp_training(training, test, network, order, rate, batch):
    losses = []  # nats
    for row in order:
        network, loss = train_epoch(network, training, row, rate, batch)
        losses.append(loss)
    return network, jnp.stack(losses), accuracy_of(network, test)
