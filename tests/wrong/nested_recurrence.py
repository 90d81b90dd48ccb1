"""A loop in a loop: how often each is gone round, what is done in which, and in what dtype."""

from tests.wrong import wrong

X = r": x differs in .* values, first at value \d+: expected .*, got .* \(.* ulps\)$"

WRONG = [
    wrong("row_short", "numpy_loop", X, "range(rows)", "range(rows - 1)"),
    wrong("column_more", "jax_jit", X, "range(columns)", "range(columns + 1)"),
    wrong("column_short", "jax_fori", X, "fori_loop(0, columns", "fori_loop(1, columns"),
    wrong("columns_for_rows", "jax_scan", X, "x, length=rows", "x, length=2 * columns"),
    wrong("doubled_after", "jax_jit_row", X,
          "    x = x + x  # (values,)\n", "", "    return x\n\n\ndef", "    return x + x\n\n\ndef"),
    wrong("doubled_in_every_step", "numba_njit", X, "value + gain", "value + value + gain"),
    wrong("quotient_upside_down", "torch_eager", X, "gain / x", "x / gain"),
    wrong("one_row", "torch_while", X, "i < rows", "i < 1"),
    wrong("last_value_left", "numba_together", X, "columns):\n            for i in range(len(x))",
          "columns):\n            for i in range(len(x) - 1)"),
    wrong("in_float32", "numba_njit", X, "gain / value", "np.float32(gain / value)"),
    wrong("in_place", "torch_eager", r"changed an argument of shape \(5,\) in place$",
          "x = x + x", "x += x"),
    wrong("nothing", "numpy_loop", X, "x = x + gain / x", "x = x + 0 * gain"),
]  # fmt: skip
