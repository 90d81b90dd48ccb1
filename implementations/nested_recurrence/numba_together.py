"""Numba, the values innermost: each must wait for its own quotient, but not for the others'."""

from numba import njit


@njit
def nested_recurrence(x, gain, rows, columns):
    x = x.copy()  # (values,)
    for _ in range(rows):
        for i in range(len(x)):
            x[i] = x[i] + x[i]
        for _ in range(columns):
            for i in range(len(x)):
                x[i] = x[i] + gain / x[i]
    return x
