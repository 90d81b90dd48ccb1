"""No products: each spike that comes in adds a row, forward to the current, back to the gradient.

An input sends a spike in one step of sixteen, so fifteen of sixteen multiplications are by zero.
And the error of a neuron needs no spikes but its own. So a block of neurons goes forward and back
again with one example after the other, while its potentials, weights and their gradient stay in the
cache.
"""

import numpy as np
from numba import njit, prange

from ._surrogate import derivative
from .spec import Gradient

derivative = njit(derivative)
BLOCK = 256  # neurons: of 1000 inputs, 1 MB of weights and as much of their gradient


@njit
def find_senders(x, first, senders):
    count = 0
    for step in range(x.shape[0]):
        for example in range(x.shape[1]):
            first[step, example] = count
            for sender in range(x.shape[2]):
                if x[step, example, sender] != 0:
                    senders[count] = sender
                    count += 1
            first[step, example + 1] = count


@njit
def add_rows(current, weights, start, x, senders):
    stop = start + len(current)
    alone = len(senders) % 4
    for i in senders[:alone]:
        row = weights[i, start:stop]
        for n in range(len(current)):
            current[n] += x[i] * row[n]
    for s in range(alone, len(senders), 4):  # four rows at a time: a quarter of the passes
        i, j, k, m = senders[s], senders[s + 1], senders[s + 2], senders[s + 3]
        first, second = weights[i, start:stop], weights[j, start:stop]
        third, fourth = weights[k, start:stop], weights[m, start:stop]
        for n in range(len(current)):
            current[n] += x[i] * first[n] + x[j] * second[n] + x[k] * third[n] + x[m] * fourth[n]


@njit
def forward_and_back(x, first, senders, weights, drive, parameters, surrogate, outputs, start):
    decay, threshold, slope = parameters
    error, spikes, by_weights, by_drive = outputs
    steps, examples, _ = x.shape
    stop = min(start + BLOCK, len(drive))
    drive, by_drive = drive[start:stop], by_drive[start:stop]  # (block,)
    above = np.empty((steps, len(drive)), dtype=drive.dtype)  # (steps, block), U - threshold
    for example in range(examples):
        voltage = np.zeros_like(drive)  # (block,)
        count = error[example, start:stop]  # (block,), less the target
        for step in range(steps):
            current, fired = above[step], spikes[step, example, start:stop]  # (block,)
            for n in range(len(drive)):
                current[n] = drive[n]
            active = senders[first[step, example] : first[step, example + 1]]
            add_rows(current, weights, start, x[step, example], active)
            for n in range(len(drive)):
                voltage[n] = decay * voltage[n] + current[n]
                current[n] = voltage[n] - threshold
                fired[n] = current[n] > 0
                voltage[n] = 0 if fired[n] else voltage[n]
                count[n] += fired[n]

        gradient = np.zeros_like(drive)  # (block,), of the next step's current
        for step in range(steps - 1, -1, -1):
            over, fired = above[step], spikes[step, example, start:stop]  # (block,)
            for n in range(len(drive)):
                gradient[n] = 0 if fired[n] else decay * gradient[n]
                gradient[n] += count[n] * derivative(over[n], slope, surrogate)
                by_drive[n] += gradient[n]
            for i in senders[first[step, example] : first[step, example + 1]]:
                row, value = by_weights[i, start:stop], x[step, example, i]
                for n in range(len(drive)):
                    row[n] += value * gradient[n]


@njit(parallel=True)
def in_blocks(x, first, senders, weights, drive, parameters, surrogate, outputs):
    for block in prange((len(drive) + BLOCK - 1) // BLOCK):
        forward_and_back(
            x, first, senders, weights, drive, parameters, surrogate, outputs, block * BLOCK
        )


def lif_gradient(x, weights, drive, target, parameters, surrogate):
    steps, examples, _ = x.shape
    first = np.empty((steps, examples + 1), dtype=np.int32)  # of the senders in a step, and the end
    senders = np.empty(np.count_nonzero(x), dtype=np.int32)
    find_senders(x, first, senders)
    error = -target  # (examples, neurons); the spikes are added to it
    spikes = np.empty((steps, examples, len(drive)), dtype=bool)
    gradient = Gradient(np.zeros_like(weights), np.zeros_like(drive))
    outputs = error, spikes, gradient.weights, gradient.drive
    in_blocks(x, first, senders, weights, drive, parameters, surrogate, outputs)
    loss = np.sum(error**2) / 2
    return spikes, loss, gradient
