"""Equal to the bit, in any order.

Draw random weights (n, n) and a random vector (n,) in float32 whose product cannot depend on the
order of summation, in any library, with any instructions. `n` may be 1,000. There must be at least
a hundred different weights, some of them not integers, and the vector must not be constant.

Lesson: notes/precision.md.
"""


def make(rng, n):
    """rng: a NumPy generator; returns weights (n, n) and x (n,), both float32."""
    raise NotImplementedError
