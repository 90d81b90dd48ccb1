"""Squared distance: what is summed, which entries, at what precision."""

from tests.wrong import wrong

VALUE = r": distance differs in 1 of 1 values, first at the only value: expected .* ulps\)$"
ROUNDED = r", against float64: distance differs in 1 of 1 values, first at the only value: expected"

WRONG = [
    wrong("distance_itself", "numpy_vectorised", VALUE,
          "np.sum(difference**2)", "np.sqrt(np.sum(difference**2))"),
    wrong("absolute", "jax_jit", VALUE, "difference**2", "abs(difference)"),
    wrong("last_entry_lost", "numba_njit", VALUE, "range(len(a))", "range(len(a) - 1)"),
    wrong("last_block_lost", "numba_parallel", VALUE, "(len(a) + BLOCK - 1) // BLOCK",
          "len(a) // BLOCK"),
    wrong("last_block_only", "numpy_blocks", VALUE, "distance +=", "distance ="),
    wrong("mean", "torch_eager", VALUE, "torch.sum", "torch.mean"),
    # The identity that holds on paper: on dyadic inputs it is right, further out it is not.
    wrong("expanded", "numpy_dot", ROUNDED,
          "difference @ difference", "a @ a - 2 * (a @ b) + b @ b"),
    wrong("float32_sum", "numba_njit", r"distance has dtype float32; expected float64$",
          "a.dtype.type(0)", "np.float32(0)", "np.asarray(distance)",
          "np.asarray(np.float32(distance))"),
    wrong("float32_inside", "torch_eager", ROUNDED,
          "torch.sum(difference**2)", "torch.sum(difference.float()**2).double()"),
    wrong("row_not_scalar", "numpy_vectorised", r"distance has shape \(1,\); expected \(\)$",
          "np.sum(difference**2)", "np.sum(difference**2, keepdims=True)"),
]  # fmt: skip
