"""A sum that keeps its digits.

In Numba, the sum of a float32 vector, with nothing wider than float32, within one unit in the last
place of the exact sum: W. Kahan's, which carries along what each addition lost.

Lesson: notes/precision.md.
"""

from numba import njit


@njit
def compensated_sum(x):
    """x (n,) float32; returns a float32."""
    raise NotImplementedError
