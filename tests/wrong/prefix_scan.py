"""Prefix scans: which rows are joined, by what, and what is returned first."""

from tests.wrong import wrong

TOTAL = r": total differs in .* values, first at row \d+: expected .*, got"
PRODUCT = r": product differs in .* values, first at row \d+: expected .*, got"

WRONG = [
    wrong("exclusive", "jax_scan", TOTAL, "return carry, carry", "return carry, (total, product)"),
    wrong("product_summed", "numpy_cumulative", PRODUCT, "np.cumprod", "np.cumsum"),
    wrong("from_the_end", "jax_associative", TOTAL,
          "(terms, factors))\n", "(terms, factors), reverse=True)\n"),
    wrong("first_row_lost", "numba_njit", TOTAL, "= terms[0], factors[0]", "= 0, factors[0]"),
    wrong("first_row_lost", "numba_fill", TOTAL, "= terms[0], factors[0]", "= 0, factors[0]"),
    wrong("blocks_on_their_own", "numba_parallel", r": total differs .* first at row 256: expected",
          "x, y = sums[block], products[block]", "x, y = sums[0], products[0]"),
    # The other column is whatever was in memory: a second call may differ from the first.
    wrong("last_block_lost", "numba_parallel", r": (total|product) differs",
          "np.empty_like(terms)", "np.zeros_like(terms)",
          "    for block in prange(blocks):\n        x, y = sums",
          "    for block in prange(blocks - 1):\n        x, y = sums"),
    wrong("factor_before", "numba_njit", PRODUCT, "* factors[i]", "* factors[i - 1]"),
    wrong("swapped", "numpy_cumulative", TOTAL, "return total, product", "return product, total"),
    wrong("in_float32", "torch_eager", "product differs in .* first at row",
          "torch.cumprod(factors, dim=0)", "torch.cumprod(factors.float(), dim=0).double()"),
]  # fmt: skip
