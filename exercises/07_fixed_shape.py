"""As many as there may be.

`who_fired` returns the indices of the neurons that fired, under `jit`: at most `most` of them, in
ascending order, padded with the number of neurons, which is not the index of any. `add_rows` uses
that to sum their rows of the weights, without a product with the whole matrix.

Lesson: notes/shapes.md.
"""

from functools import partial

import jax


@partial(jax.jit, static_argnames="most")
def who_fired(fired, most):
    """fired (neurons,) bool; returns (most,) int32."""
    raise NotImplementedError


@partial(jax.jit, static_argnames="most")
def add_rows(fired, weights, most):
    """weights (neurons, targets); returns the sum of the rows of those that fired (targets,)."""
    raise NotImplementedError
