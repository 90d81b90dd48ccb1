"""`scan`, four inner steps at a time: a little faster to run, and still nothing to wait for."""

from functools import partial

import jax


@partial(jax.jit, static_argnames=("rows", "columns"))
def nested_recurrence(x, gain, rows, columns):
    def column(x, _):
        return x + gain / x, None

    def row(x, _):
        x = x + x  # (values,)
        return jax.lax.scan(column, x, length=columns, unroll=4)[0], None

    return jax.lax.scan(row, x, length=rows)[0]
