"""A recurrence as `scan`.

An exponential moving average: y[0] = x[0] and y[t] = y[t - 1] + rate (x[t] - y[t - 1]). Write it
so that the program for a million steps is as short as the one for ten.

Lesson: notes/loops.md.
"""


def moving_average(x, rate):
    """x (steps,), rate in (0, 1]; returns y (steps,)."""
    raise NotImplementedError
