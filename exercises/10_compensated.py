"""A sum that keeps its digits.

In Numba, sum a float32 vector to within one unit in the last place of the exact sum, using nothing
wider than float32. W. Kahan's sum does this: it carries along what each addition lost.

Lesson: notes/precision.md.
"""

from numba import njit


@njit
def compensated_sum(x):
    """x (n,) float32; returns a float32."""
    raise NotImplementedError
