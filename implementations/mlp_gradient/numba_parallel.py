"""The same loop with `prange`: the examples are shared out among the threads."""

import numpy as np
from numba import njit, prange

from .spec import Layer


@njit(parallel=True)
def backwards(weights, activity, error, back, x, labels, hidden_weights, output_weights):
    for i in prange(len(labels)):
        largest = error[i].max()
        total = x.dtype.type(0)
        for c in range(error.shape[1]):
            error[i, c] = np.exp(error[i, c] - largest)
            total += error[i, c]
        for c in range(error.shape[1]):
            error[i, c] /= total
        error[i, labels[i]] -= 1
        for h in range(back.shape[1]):
            back[i, h] = 0
            for c in range(error.shape[1]):
                back[i, h] += weights[h, c] * error[i, c]
                output_weights[i, h, c] = activity[i, h] * error[i, c]
            back[i, h] *= 1 - activity[i, h] ** 2
        for f in range(x.shape[1]):
            for h in range(back.shape[1]):
                hidden_weights[i, f, h] = x[i, f] * back[i, h]


def mlp_gradient(hidden, output, x, labels):
    activity = np.tanh(x @ hidden.weights + hidden.bias)  # (examples, units)
    error = activity @ output.weights + output.bias  # (examples, classes), still scores
    back = np.empty_like(activity)  # (examples, units)
    hidden_weights = np.empty((len(x), *hidden.weights.shape), x.dtype)
    output_weights = np.empty((len(x), *output.weights.shape), x.dtype)
    backwards(output.weights, activity, error, back, x, labels, hidden_weights, output_weights)
    return Layer(hidden_weights, back), Layer(output_weights, error)
