"""Largest norms: the wrong end, the wrong order, the wrong product, no square root."""

from tests.wrong import wrong

RESULT = r": result differs in .* values, first at place \d+: expected .*, got .* \(.* ulps\)$"
SHAPE = r": result has shape \(.*\); expected \(9,\)$"

WRONG = [
    wrong("smallest", "numpy_sort", RESULT, "[::-1][:count]", "[:count]"),
    wrong("ascending", "numpy_partition", RESULT, "np.sort(largest)[::-1]", "np.sort(largest)"),
    wrong("not_sorted", "numpy_gram", RESULT, "np.sort(largest)[::-1]", "largest"),
    wrong("norms_of_the_matrix", "jax_top_k", RESULT, "product**2", "matrix**2"),
    wrong("other_gram", "jax_gram", RESULT, "(matrix @ gram * matrix)", "((matrix @ gram) ** 2)"),
    wrong("squared", "torch_top_k", RESULT, "count).values", "count).values ** 2"),
    wrong("absolute_values", "torch_compile", RESULT,
          "matrix @ matrix.T", "matrix @ matrix.T.abs()"),
    wrong("smallest_of_topk", "torch_eager", RESULT, "descending=True", "descending=False"),
    wrong("diagonal_twice", "numba_fastmath", RESULT, "if j < i:", "if j <= i:"),
    wrong("lower_half", "numba_fastmath", RESULT, "if j < i:", "if False:"),
    wrong("one_too_few", "jax_partition", SHAPE, "[-count:]", "[1 - count:]"),
    wrong("indices", "jax_top_k", ": result has dtype int32; expected float64$",
          "largest, _ =", "_, largest ="),
    # Every fifth root is a unit off: only bits show it.
    wrong("root_of_mkl", "torch_top_k", RESULT,
          "torch.linalg.vector_norm(product, dim=1)",
          "(product.float() ** 2).sum(dim=1).sqrt().double()"),
]  # fmt: skip
