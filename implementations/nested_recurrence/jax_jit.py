"""Both Python loops are traced: XLA gets every step as code of its own, and compiles for seconds.

Nor is such code fast. All steps are fused into one, which takes a value through all of them before
the next: the values wait for each other, where a loop around the step divides them side by side.
"""

from functools import partial

import jax


@partial(jax.jit, static_argnames=("rows", "columns"))
def nested_recurrence(x, gain, rows, columns):
    for _ in range(rows):
        x = x + x  # (values,)
        for _ in range(columns):
            x = x + gain / x
    return x
