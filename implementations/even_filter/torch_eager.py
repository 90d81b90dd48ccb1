"""PyTorch as it comes: a boolean mask, as in NumPy."""


def even_filter(values):
    even = values % 2 == 0  # (numbers,) bool
    return values[even]  # (as many as are even,) int32
