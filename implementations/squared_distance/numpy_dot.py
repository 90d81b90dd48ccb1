"""The square and the sum are one dot product: no temporary for the square, and BLAS adds up."""


def squared_distance(a, b):
    difference = a - b  # (entries,)
    return difference @ difference
