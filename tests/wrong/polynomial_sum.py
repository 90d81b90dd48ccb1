"""Sum of a polynomial: the polynomial, which entries, at what precision."""

from tests.wrong import wrong

VALUE = r": total differs in 1 of 1 values, first at the only value: expected .* ulps\)$"
ROUNDED = r", against float64: total differs in 1 of 1 values, first at the only value: expected"

WRONG = [
    wrong("constant_forgotten", "numpy_vectorised", VALUE, "x**2 - 4", "x**2"),
    wrong("constant_once", "torch_eager", VALUE, "x**2 - 4", "x**2",
          "torch.sum(x)", "torch.sum(x) - 4"),
    wrong("shift_after_square", "jax_jit", VALUE, "x = x**2 - 4", "x = (x - 2) ** 2 + 2 - 4"),
    wrong("last_entry_lost", "numba_njit", VALUE, "range(len(x))", "range(len(x) - 1)"),
    wrong("last_block_lost", "numba_parallel", VALUE, "(len(x) + BLOCK - 1) // BLOCK",
          "len(x) // BLOCK"),
    wrong("last_block_only", "numpy_blocks", VALUE, "total +=", "total ="),
    wrong("argument_overwritten", "numpy_inplace", "read-only",
          "x = x + 2  #", "x += 2  #", error=ValueError),
    wrong("float32_inside", "jax_jit", ROUNDED,
          "jnp.sum(x)", 'jnp.sum(x.astype("float32")).astype(x.dtype)'),
    wrong("float32_sum", "numpy_vectorised", r"total has dtype float32; expected float64$",
          "np.sum(x)", "np.sum(x, dtype=np.float32)"),
]  # fmt: skip
