"""Counting without writing.

Count how often each value from 0 to `bins` - 1 occurs in an array of integers, in compiled code.
Return the counts as a vector of int32. Values may repeat. Do not count any others: neither those
below 0 nor those from `bins` up.

Lesson: notes/in-place.md.
"""

from functools import partial

import jax


@partial(jax.jit, static_argnames="bins")
def histogram(values, bins):
    raise NotImplementedError
