"""What stands in for the derivative of a spike, backward: for arrays of any library and in Numba.

`slope` has the dtype of `above`: of a Python float and booleans, PyTorch would make float32.
"""

import math

from .spec import ARCTAN, FAST_SIGMOID


def derivative(above, slope, surrogate):
    if surrogate == FAST_SIGMOID:
        return 1 / (1 + slope * abs(above)) ** 2
    if surrogate == ARCTAN:
        return slope / 2 / (1 + (math.pi / 2 * slope * above) ** 2)
    return slope * (slope * abs(above) < 0.5)
