"""Only the rows of those that fired.

In Numba, add the rows of the neurons that fired to a copy of the drive, in the order of the
neurons. Touch no other row: `numpy_way` does it with a product, which reads them all.

Lesson: notes/numba-or-jax.md.
"""

from numba import njit


def numpy_way(fired, weights, drive):
    return fired @ weights + drive


@njit
def current(fired, weights, drive):
    raise NotImplementedError
