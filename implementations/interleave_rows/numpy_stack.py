"""Stacked along a new middle axis, the rows already lie interleaved: `reshape` moves nothing."""

import numpy as np


def interleave_rows(first, second, third):
    rows, columns = first.shape
    result = np.stack([first, second, third], axis=1)  # (rows, 3, columns) int8
    return result.reshape(3 * rows, columns)  # (3 rows, columns) int8
