"""PyTorch as it comes, not one word changed: two passes through memory a step."""


def geometric_decay(x, rate, steps):
    for _ in range(steps):
        x = x - rate * x  # (values,)
    return x
