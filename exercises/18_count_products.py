"""What was traced.

`products(function, *arguments)` counts the matrix products in a JAX function's program, those
within `scan`, `cond` or a jitted function included: once each, however often they run.

Lesson: notes/profiling.md.
"""


def products(function, *arguments):
    raise NotImplementedError
