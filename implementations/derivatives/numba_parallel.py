"""The same loop with `prange`: the points are shared out among the threads.

The NamedTuples are made when the loop is over. What `prange` writes to `partials.a[i]`, an array in
a field of one, is lost without a word (Numba 0.68).
"""

import numpy as np
from numba import njit, prange

from .spec import Derivatives, Orders, Partials


@njit(parallel=True)
def derivatives(x, angle, a, b):
    polynomial = np.empty((4, len(x)), x.dtype)  # (orders, points)
    wave = np.empty((4, len(x)), x.dtype)  # (orders, points)
    rectifier = np.empty_like(x)
    partials = np.empty((2, len(x)), x.dtype)  # (arguments, points)
    for i in prange(len(x)):
        polynomial[0, i] = 3 * x[i] ** 2 - 6 * x[i] + 2
        polynomial[1, i] = 6 * x[i] - 6
        polynomial[2, i] = 6
        polynomial[3, i] = 0
        sine, cosine = np.sin(angle[i]), np.cos(angle[i])
        wave[0, i] = sine + angle[i] * cosine
        wave[1, i] = 2 * cosine - angle[i] * sine
        wave[2, i] = -3 * sine - angle[i] * cosine
        wave[3, i] = angle[i] * sine - 4 * cosine
        rectifier[i] = x[i] > 0
        partials[0, i] = 6 * a[i] ** 2
        partials[1, i] = -2 * b[i]
    return Derivatives(
        Orders(polynomial[0], polynomial[1], polynomial[2], polynomial[3]),
        Orders(wave[0], wave[1], wave[2], wave[3]),
        rectifier,
        Partials(partials[0], partials[1]),
    )
