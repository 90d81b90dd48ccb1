"""JAX's arrays, not a word changed: every operation is dispatched on its own."""


def geometric_decay(x, rate, steps):
    for _ in range(steps):
        x = x - rate * x  # (values,)
    return x
