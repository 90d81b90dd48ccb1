"""The reference: `@` of bytes and real numbers, for which NumPy has no fast product."""


def binary_matvec(matrix, vector):
    return matrix @ vector  # (rows,)
