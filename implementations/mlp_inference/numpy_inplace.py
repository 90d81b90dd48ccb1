"""Bias and rectifier write over the product: one array of the size of the activity, not three."""

import numpy as np


def mlp_inference(x, hidden, output):
    activity = x @ hidden.weights  # (examples, units)
    activity += hidden.bias
    np.maximum(0, activity, out=activity)
    scores = activity @ output.weights  # (examples, outputs)
    scores += output.bias
    return scores
