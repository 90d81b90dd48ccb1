"""Counting, where nothing can be written to.

How often each of `bins` values occurs in an array of integers, as a vector of int32, compiled, for
arrays whose values come more than once. Values that are not bins are not counted: none below 0,
none from `bins` on.

Lesson: notes/in-place.md.
"""

from functools import partial

import jax


@partial(jax.jit, static_argnames="bins")
def histogram(values, bins):
    raise NotImplementedError
