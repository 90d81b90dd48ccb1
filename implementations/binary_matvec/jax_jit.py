"""`@` under jit: cast and product are one program, and yet the copy is stored."""

import jax


@jax.jit
def binary_matvec(matrix, vector):
    return matrix @ vector  # (rows,)
