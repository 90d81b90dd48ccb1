"""The reference: a boolean mask, and the values where it is true."""


def even_filter(values):
    even = values % 2 == 0  # (numbers,) bool
    return values[even]  # (as many as are even,) int32
