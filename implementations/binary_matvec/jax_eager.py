"""The reference's expression: JAX promotes the bytes, eagerly in an operation of its own."""


def binary_matvec(matrix, vector):
    return matrix @ vector  # (rows,)
