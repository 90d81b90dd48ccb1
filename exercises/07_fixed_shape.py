"""As many as there may be.

The neurons that fired, as indices, under `jit`: at most `most` of them, in rising order, filled up
with the number of neurons, which is no neuron. With that, `add_rows` sums their rows of the
weights, without a product with the whole matrix.

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
    """weights (neurons, targets); returns the sum of the rows of those that fired, (targets,)."""
    raise NotImplementedError
