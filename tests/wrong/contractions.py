"""Contractions: indices in the wrong place, each named by the result it spoils."""

from tests.wrong import wrong


def spoilt(name: str) -> str:
    """How a difference in one result is named."""
    return rf": {name} differs in .* values, first at .*: expected .*, got .* \(.* ulps\)$"


WRONG = [
    wrong("outer_transposed", "numpy_einsum", spoilt("outer"), '"i,j->ij"', '"i,j->ji"'),
    wrong("sum_of_all_for_trace", "numpy_named", spoilt("trace"),
          "np.trace(product)", "product.sum()"),
    wrong("sum_of_all_for_trace", "jax_einsum", spoilt("trace"), '"ii->"', '"ij->"'),
    wrong("rows_for_columns", "jax_einsum", spoilt("column_sums"), '"ij,jk->k"', '"ij,jk->i"'),
    wrong("columns_for_rows", "torch_eager", spoilt("row_sums"),
          "row_sums=(a @ b).sum(dim=1)", "row_sums=(a @ b).sum(dim=0)"),
    wrong("product_transposed", "torch_einsum", spoilt("product"), '"ij,jk->ik"', '"ij,jk->ki"'),
    wrong("dot_for_hadamard", "numpy_einsum_optimize",
          r": hadamard has shape \(\); expected \(12,\)$", '"i,i->i"', '"i,i->"'),
    wrong("batches_mixed", "jax_named", spoilt("batched"),
          "lefts @ rights", "lefts[::-1] @ rights"),
    wrong("not_transposed", "jax_eager", r": transposed has shape \(12, 5\); expected \(5, 12\)",
          "a.T", "a"),
    wrong("other_chain", "numba_fastmath", spoilt("chain"),
          "apply(a, apply(b, y))", "apply(a, apply(b, x))"),
    wrong("first_batch_only", "numba_fastmath", spoilt("batched"), "range(batch)", "range(1)"),
    wrong("diagonal_shifted", "torch_compile", spoilt("trace"),
          ".flatten()", ".roll(1, 0).flatten()"),
    wrong("no_name", "numpy_named", "returns tuple",
          "return Contractions(", "results = dict(",
          "left to right\n    )\n", "left to right\n    )\n    return tuple(results.values())\n"),
]  # fmt: skip
