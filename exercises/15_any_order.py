"""Equal to the bit, in any order.

Make weights (n, n) and a vector (n,) in float32, by chance and not all alike, on which a product
of them cannot depend on the order of summation, in whatever library, with whatever instructions:
`n` may be 1,000. At least a hundred different weights must occur, and some must not be whole
numbers.

Lesson: notes/precision.md.
"""


def make(rng, n):
    """rng: a NumPy generator; returns weights (n, n) and x (n,), both float32."""
    raise NotImplementedError
