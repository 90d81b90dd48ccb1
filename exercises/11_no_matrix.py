"""A quadratic form for many points.

Compute x[n] . A . x[n] for every row of x with an einsum (NumPy's or JAX's), without ever making
anything as large as (points, points).

Lesson: notes/einsum.md.
"""


def quadratic(x, a):
    """x (points, dims), a (dims, dims); returns (points,)."""
    raise NotImplementedError
