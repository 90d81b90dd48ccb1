"""Geometric decay: the share, the number of steps, whose array it is."""

from tests.wrong import wrong

X = r": x differs in .* values, first at value \d+: expected .*, got"

WRONG = [
    wrong("one_step_more", "numpy_loop", X, "range(steps)", "range(steps + 1)"),
    wrong("one_step_short", "jax_fori", X, "(0, steps,", "(1, steps,"),
    wrong("grows", "numba_njit", X, "value - rate", "value + rate"),
    wrong("share_of_the_first", "torch_eager", X,
          "    for _", "    first = x\n    for _", "rate * x", "rate * first"),
    wrong("linear", "numpy_closed", X, "(1 - rate) ** steps", "(1 - rate * steps)"),
    wrong("in_place", "torch_eager", r"changed an argument of shape \(1000,\) in place$",
          "x = x - rate * x", "x -= rate * x"),
    wrong("in_place", "numpy_loop", "read-only|cannot|output array",
          "x = x - rate * x", "x -= rate * x", error=ValueError),
    wrong("in_float32", "numba_parallel", "against float64: x differs in .* first at value",
          "rate * value", "np.float32(rate * value)"),
]  # fmt: skip
