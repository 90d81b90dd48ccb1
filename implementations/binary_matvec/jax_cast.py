"""The cast written out, under jit: `@` casts anyway, so the program is the very same."""

import jax


@jax.jit
def binary_matvec(matrix, vector):
    return matrix.astype(vector.dtype) @ vector  # (rows,)
