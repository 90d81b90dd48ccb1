"""What was traced.

`products(function, *arguments)` counts the matrix products in a JAX function's program, including
those inside `scan`, `cond` or a jitted function. Count each once, however often it runs.

Lesson: notes/profiling.md.
"""


def products(function, *arguments):
    raise NotImplementedError
