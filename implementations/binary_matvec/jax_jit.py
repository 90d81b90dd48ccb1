"""`@` under jit: the cast and the product are one program, but the product wants its operand."""

import jax


@jax.jit
def binary_matvec(matrix, vector):
    return matrix @ vector  # (rows,)
