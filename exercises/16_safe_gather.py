"""An index that is out of bounds, and says so.

`lookup` reads table[indices], compiled. JAX clamps an index that is too large, and counts a
negative one from the end. Here, whatever is not an index from 0 on must come out as NaN.

Lesson: notes/sharp-edges.md.
"""

import jax


@jax.jit
def lookup(table, indices):
    """table (n,) real, indices (m,) integers; returns (m,)."""
    raise NotImplementedError
