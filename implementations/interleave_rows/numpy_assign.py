"""The reference: an empty matrix, and one assignment to every third row for each of the three."""

import numpy as np


def interleave_rows(first, second, third):
    rows, columns = first.shape
    result = np.empty((3 * rows, columns), dtype=np.int8)
    result[0::3] = first
    result[1::3] = second
    result[2::3] = third
    return result  # (3 rows, columns) int8
