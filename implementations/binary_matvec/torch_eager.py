"""PyTorch refuses to multiply bytes by real numbers: the cast has to be written."""


def binary_matvec(matrix, vector):
    return matrix.to(vector.dtype) @ vector  # (rows,)
