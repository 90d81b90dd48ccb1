"""The closed form: all steps are one factor, and one pass through memory is left."""


def geometric_decay(x, rate, steps):
    return (1 - rate) ** steps * x  # (values,)
