"""`fori_loop` in `fori_loop`: the step is compiled once, whatever the number of steps."""

from functools import partial

import jax


@partial(jax.jit, static_argnames=("rows", "columns"))
def nested_recurrence(x, gain, rows, columns):
    def row(_, x):
        x = x + x  # (values,)
        return jax.lax.fori_loop(0, columns, lambda _, x: x + gain / x, x)

    return jax.lax.fori_loop(0, rows, row, x)
