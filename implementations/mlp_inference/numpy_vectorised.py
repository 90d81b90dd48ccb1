"""The reference: vectorised NumPy, an example per row."""

import numpy as np


def mlp_inference(x, hidden, output):
    activity = np.maximum(0, x @ hidden.weights + hidden.bias)  # (examples, units)
    return activity @ output.weights + output.bias  # (examples, outputs)
