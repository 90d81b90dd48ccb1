"""By hand in Numba: the products stay with NumPy; between them, one pass forward and one back.

Between the products there are few operations per value: what counts is how often the values move. A
potential takes the place of its current, and G that of the potential.
"""

import numpy as np
from numba import njit, prange

from ._surrogate import derivative
from .spec import Gradient

derivative = njit(derivative)


@njit(parallel=True)
def forward(current, drive, error, decay, threshold):
    steps, examples, neurons = current.shape
    spikes = np.empty(current.shape, dtype=np.bool_)
    for example in prange(examples):
        voltage = np.zeros_like(drive)  # (neurons,)
        for step in range(steps):
            above, fired = current[step, example], spikes[step, example]  # (neurons,)
            for n in range(neurons):
                voltage[n] = decay * voltage[n] + (above[n] + drive[n])
                above[n] = voltage[n] - threshold
                fired[n] = above[n] > 0
                voltage[n] = 0 if fired[n] else voltage[n]
                error[example, n] += fired[n]
    return spikes


@njit(parallel=True)
def backward(above, spikes, error, by_drive, decay, slope, surrogate):
    steps, examples, neurons = above.shape
    for example in prange(examples):
        gradient = np.zeros_like(by_drive[0])  # (neurons,), of the next step's current
        for step in range(steps - 1, -1, -1):
            by_current, fired = above[step, example], spikes[step, example]  # (neurons,)
            for n in range(neurons):
                gradient[n] = 0 if fired[n] else decay * gradient[n]
                gradient[n] += error[example, n] * derivative(by_current[n], slope, surrogate)
                by_current[n] = gradient[n]
                by_drive[example, n] += gradient[n]


def lif_gradient(x, weights, drive, target, parameters, surrogate):
    decay, threshold, slope = parameters
    steps, examples, inputs = x.shape
    x = x.reshape(steps * examples, inputs)
    current = (x @ weights).reshape(steps, examples, -1)  # (steps, examples, neurons)
    error = -target  # (examples, neurons)
    spikes = forward(current, drive, error, decay, threshold)
    loss = np.sum(error**2) / 2

    by_drive = np.zeros_like(target)  # (examples, neurons)
    backward(current, spikes, error, by_drive, decay, slope, surrogate)
    by_current = current.reshape(steps * examples, -1)
    return spikes, loss, Gradient(x.T @ by_current, by_drive.sum(axis=0))
