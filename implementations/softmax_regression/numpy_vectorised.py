"""The reference: vectorised NumPy, a point per row, as in textbooks."""

import numpy as np


def softmax_regression(x, weights, bias, labels):
    logits = x @ weights + bias  # (points, classes)
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=1, keepdims=True)  # (points, 1)
    probabilities = exponentials / total  # (points, classes)
    correct = shifted[np.arange(len(labels)), labels]  # (points,)
    loss = np.mean(np.log(total[:, 0]) - correct)
    return probabilities, loss
