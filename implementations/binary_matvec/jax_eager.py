"""The reference's expression: JAX promotes the bytes, in an operation of its own when eager."""


def binary_matvec(matrix, vector):
    return matrix @ vector  # (rows,)
