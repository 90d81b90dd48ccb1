"""What one would call instead: `MLPClassifier`, one call per epoch, told not to shuffle."""

import numpy as np
from portstudy.implementations.mlp_inference.spec import Layer
from sklearn.neural_network import MLPClassifier  # type: ignore[import-untyped]

from .spec import Network


def mlp_training(training, test, network, order, rate, batch):
    epochs, drawn = order.shape
    hidden, output = network
    classes = np.arange(len(output.bias))
    if len(classes) < 3:
        raise ValueError("MLPClassifier makes one output of two classes; it takes from 3")
    model = MLPClassifier(
        len(hidden.bias),
        activation="tanh",
        solver="sgd",
        alpha=0,
        batch_size=min(batch, drawn),
        learning_rate_init=float(rate),
        shuffle=False,
        momentum=0,
        random_state=0,
    )
    # The first call makes a start of its own, and a step from it: ours takes its place.
    now = order[0, :batch]
    model.partial_fit(training.x[now], training.labels[now], classes=classes)
    model.coefs_ = [layer.weights.copy() for layer in network]
    model.intercepts_ = [layer.bias.copy() for layer in network]
    losses = np.zeros(epochs, training.x.dtype)  # nats
    for epoch in range(epochs):
        now = order[epoch]
        model.partial_fit(training.x[now], training.labels[now])
        losses[epoch] = model.loss_
    right = model.predict(test.x) == test.labels
    hidden, output = (Layer(*layer) for layer in zip(model.coefs_, model.intercepts_, strict=True))
    return Network(hidden, output), losses, np.mean(right, dtype=test.x.dtype)
