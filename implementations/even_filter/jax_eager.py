"""The same mask, uncompiled: JAX counts first, on the device, and then knows the shape."""


def even_filter(values):
    even = values % 2 == 0  # (numbers,) bool
    return values[even]  # (as many as are even,) int32
