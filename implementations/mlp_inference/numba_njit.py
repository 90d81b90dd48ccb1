"""The products stay with BLAS, which Numba calls; bias and rectifier are one loop over them."""

from numba import njit


@njit
def mlp_inference(x, hidden, output):
    activity = x @ hidden.weights  # (examples, units)
    for i in range(activity.shape[0]):
        for h in range(activity.shape[1]):
            activity[i, h] = max(0, activity[i, h] + hidden.bias[h])
    return activity @ output.weights + output.bias  # (examples, outputs)
