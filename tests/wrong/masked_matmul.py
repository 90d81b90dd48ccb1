"""A mapped matrix times itself: the threshold, the branches, the product."""

from tests.wrong import wrong

VALUES = r": product differs in .* values, first at row \d+, column \d+: expected .* ulps\)$"
ROUNDED = r", against float64: product differs in .* values, first at row \d+, column \d+: expected"

WRONG = [
    wrong("threshold_included", "jax_jit", ROUNDED, "m > 0.5", "m >= 0.5"),
    wrong("threshold_included", "numba_njit", ROUNDED, "> 0.5", ">= 0.5"),
    wrong("branches_swapped", "torch_eager", VALUES,
          "m**2, torch.sqrt(m)", "torch.sqrt(m), m**2"),
    wrong("always_root", "jax_jit_part", VALUES, "jnp.where(m > 0.5, m**2, jnp.sqrt(m))",
          "jnp.sqrt(m)"),
    wrong("entry_by_entry", "numpy_vectorised", VALUES, "mapped @ mapped", "mapped * mapped"),
    wrong("times_transposed", "torch_compile", VALUES, "mapped @ mapped", "mapped @ mapped.T"),
    wrong("times_original", "jax_eager", VALUES, "mapped @ mapped", "mapped @ m"),
    wrong("last_column_kept", "numba_parallel", VALUES,
          "range(m.shape[1])", "range(m.shape[1] - 1)", "np.empty_like(m)", "m.copy()"),
    wrong("float32_root", "numpy_masked", ROUNDED,
          "np.sqrt(m, out=mapped, where=~above)",
          "mapped[~above] = np.sqrt(m[~above].astype(np.float32))"),
]  # fmt: skip
