"""Compiled once for every factor.

`scale` multiplies x by a factor that differs from call to call, and by a power that is one of a
few whole numbers. As it stands, it compiles anew for each factor. Mend that: a new factor must
compile nothing, and the power must still be known when the function is traced, since it decides
how often the Python loop runs.

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
