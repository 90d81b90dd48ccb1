"""Squaring: when it stops, what is squared, what is counted."""

from tests.wrong import wrong

X = r": x differs in .* values, first at value \d+: expected .*, got"
COUNT = r": count differs in 1 of 1 values, first at the only value: expected \d+, got \d+"

WRONG = [
    wrong("at_tolerance_goes_on", "numpy_loop", X, "> limit", ">= limit"),
    wrong("at_tolerance_goes_on", "jax_while", X, "> limit", ">= limit"),
    wrong("absolute_tolerance", "jax_eager", X, "tolerance * jnp.abs(x).max()", "tolerance"),
    wrong("sign_forgotten", "torch_eager", X, "tolerance * x.abs().max()", "tolerance * x.max()"),
    wrong("smallest_decides", "numba_njit", X, "max(largest,", "min(largest,"),
    wrong("sign_kept", "numpy_loop", X, "x = x * x", "x = x * np.abs(x)"),
    wrong("count_from_one", "jax_jit_step", COUNT, "count = 0", "count = 1"),
    wrong("count_as_int64", "numpy_loop", "count has dtype int64; expected int32$",
          "np.int32", "np.int64"),
    wrong("last_value_left", "numba_njit", X, "in range(len(x))", "in range(len(x) - 1)"),
]  # fmt: skip
