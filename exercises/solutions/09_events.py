"""Only the rows of those that fired: a solution."""

from numba import njit


def numpy_way(fired, weights, drive):
    return fired @ weights + drive


@njit
def current(fired, weights, drive):
    total = drive.copy()
    for pre in range(len(fired)):
        if fired[pre]:
            for post in range(len(total)):
                total[post] += weights[pre, post]
    return total
