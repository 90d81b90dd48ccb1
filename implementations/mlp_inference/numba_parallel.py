"""All loops written out, examples in parallel: it shows what BLAS is worth."""

import numpy as np
from numba import njit, prange


@njit(parallel=True)
def mlp_inference(x, hidden, output):
    scores = np.empty((x.shape[0], output.bias.shape[0]), x.dtype)  # (examples, outputs)
    for i in prange(x.shape[0]):
        activity = hidden.bias.copy()  # (units,)
        for f in range(x.shape[1]):
            for h in range(len(activity)):
                activity[h] += x[i, f] * hidden.weights[f, h]
        scores[i] = output.bias
        for h in range(len(activity)):
            if activity[h] > 0:
                for o in range(scores.shape[1]):
                    scores[i, o] += activity[h] * output.weights[h, o]
    return scores
