"""A first port: from NumPy to JAX.

The softplus of each number, log(1 + exp(x)), is given in NumPy, in a form that never overflows.
Port it to JAX and compile it. The results must be the same to a few units in the last place, the
dtype must not change, and all vectors of one length must share one trace.

Lesson: notes/jit.md.
"""

import numpy as np


def softplus_numpy(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def softplus(x):
    raise NotImplementedError
