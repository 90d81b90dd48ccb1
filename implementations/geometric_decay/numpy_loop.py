"""The reference: as the tutorial has it, two passes through memory per step."""


def geometric_decay(x, rate, steps):
    for _ in range(steps):
        x = x - rate * x  # (values,)
    return x
