"""An index that says when it is out of bounds.

`lookup` reads table[indices], compiled. JAX clamps an index that is too large, and counts a
negative one from the end. Here, any index that is negative or too large must give NaN.

Lesson: notes/sharp-edges.md.
"""

import jax


@jax.jit
def lookup(table, indices):
    """table (n,) real, indices (m,) integers; returns (m,)."""
    raise NotImplementedError
