"""JAX's arrays, not a word changed: nothing to compile but a sum and a quotient."""


def nested_recurrence(x, gain, rows, columns):
    for _ in range(rows):
        x = x + x  # (values,)
        for _ in range(columns):
            x = x + gain / x
    return x
