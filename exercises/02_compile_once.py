"""Compiled once for every factor.

`scale` multiplies x by a power of a factor. The factor differs from call to call; the power is one
of a few integers. Now it compiles again for each factor. Fix that: a new factor must compile
nothing, but the power must still be known when the function is traced, because it decides how
often the Python loop runs.

Lesson: notes/jit.md.
"""

from functools import partial

import jax


@partial(jax.jit, static_argnames=("factor", "power"))
def scale(x, factor, power):
    raise NotImplementedError  # delete this line
    for _ in range(power):
        x = x * factor
    return x
