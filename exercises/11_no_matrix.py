"""A quadratic form for many points.

x[n] . A . x[n] for every row of x, as an einsum (NumPy's or JAX's), such that nothing as large as
(points, points) is made on the way.

Lesson: notes/einsum.md.
"""


def quadratic(x, a):
    """x (points, dims), a (dims, dims); returns (points,)."""
    raise NotImplementedError
