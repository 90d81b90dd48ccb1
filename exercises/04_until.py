"""A loop that the data end.

Heron's square root: from y = a, replace y by (y + a / y) / 2 until y changes by no more than one
part in a million. It runs under `jit`, so the number of steps is not known while tracing. Return y
and the number of steps.

Lesson: notes/loops.md.
"""

import jax


@jax.jit
def square_root(a):
    raise NotImplementedError
