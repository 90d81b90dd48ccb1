"""`scan` in `scan`: nothing is stacked, so it is the loop of `fori_loop`, but can be unrolled."""

from functools import partial

import jax


@partial(jax.jit, static_argnames=("rows", "columns"))
def nested_recurrence(x, gain, rows, columns):
    def column(x, _):
        return x + gain / x, None

    def row(x, _):
        x = x + x  # (values,)
        return jax.lax.scan(column, x, length=columns)[0], None

    return jax.lax.scan(row, x, length=rows)[0]
