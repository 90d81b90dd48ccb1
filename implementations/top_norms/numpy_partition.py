"""A partial sort: `partition` puts the largest at the end, and only those are sorted."""

import numpy as np


def top_norms(matrix, count):
    product = matrix @ matrix.T  # (rows, rows)
    norms = np.sqrt((product**2).sum(axis=1))  # (rows,)
    largest = np.partition(norms, -count)[-count:]  # (count,), in any order
    return np.sort(largest)[::-1]  # (count,), the largest first
