"""The reference: two Python loops around two operations of NumPy's, on a handful of values."""


def nested_recurrence(x, gain, rows, columns):
    for _ in range(rows):
        x = x + x  # (values,)
        for _ in range(columns):
            x = x + gain / x
    return x
