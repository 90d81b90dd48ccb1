"""The products as `einsum`, which must be told to `optimize`: else NumPy's does not use BLAS."""

import numpy as np


def mlp_inference(x, hidden, output):
    product = np.einsum("if,fh->ih", x, hidden.weights, optimize=True)
    activity = np.maximum(0, product + hidden.bias)  # (examples, units)
    product = np.einsum("ih,ho->io", activity, output.weights, optimize=True)
    return product + output.bias  # (examples, outputs)
