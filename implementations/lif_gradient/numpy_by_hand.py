"""The reference: backpropagation through time written by hand, in vectorised NumPy."""

import numpy as np

from ._surrogate import derivative
from .spec import Gradient


def lif_gradient(x, weights, drive, target, parameters, surrogate):
    decay, threshold, slope = parameters
    steps, examples, inputs = x.shape
    x = x.reshape(steps * examples, inputs)
    current = (x @ weights + drive).reshape(steps, examples, -1)  # (steps, examples, neurons)
    voltage = np.zeros_like(target)  # (examples, neurons)
    above = np.empty_like(current)  # (steps, examples, neurons), U - threshold
    for step in range(steps):
        voltage = decay * voltage + current[step]
        above[step] = voltage - threshold
        voltage = np.where(above[step] > 0, 0, voltage)
    spikes = above > 0  # (steps, examples, neurons) bool
    error = spikes.sum(axis=0, dtype=target.dtype) - target  # (examples, neurons)
    loss = np.sum(error**2) / 2

    gradient = np.zeros_like(target)  # (examples, neurons), of the next step's current
    by_current = error * derivative(above, slope, surrogate)  # (steps, examples, neurons)
    for step in reversed(range(steps)):
        gradient = by_current[step] + decay * np.where(spikes[step], 0, gradient)
        by_current[step] = gradient
    by_current = by_current.reshape(steps * examples, -1)
    return spikes, loss, Gradient(x.T @ by_current, by_current.sum(axis=0))
