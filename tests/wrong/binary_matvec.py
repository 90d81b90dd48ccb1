"""A binary matrix times a vector: entries lost or counted wrongly, blocks misplaced, dtypes."""

from tests.wrong import wrong

RESULT = r": result differs in .* values, first at row \d+: expected .*, got .* \(.* ulps\)$"

WRONG = [
    wrong("zeros_select", "jax_where", RESULT, "matrix == 1", "matrix == 0"),
    wrong("last_column_lost", "numba_njit", RESULT, "range(columns)", "range(columns - 1)"),
    wrong("total_kept", "numba_njit", RESULT,
          "        total = vector.dtype.type(0)\n", "",
          "    for i in range(rows)", "    total = vector.dtype.type(0)\n    for i in range(rows)"),
    wrong("rows_unset", "numba_parallel", RESULT,
          "np.empty(", "np.zeros(", "prange(rows)", "prange(rows - 1)"),
    wrong("block_of_the_last_call", "numpy_blocks", RESULT,
          "BLOCK = 1024", "BLOCK = 16", "block[: len(part)] = part", "block[:1] = part[:1]",
          "block = np.empty(", "block = np.zeros("),
    wrong("cast_to_bytes", "torch_eager", ": result has dtype int8; expected float64$",
          "matrix.to(vector.dtype) @ vector", "matrix @ vector.to(matrix.dtype)"),
    wrong("vector_rounded", "numpy_cast", RESULT, "@ vector", "@ np.rint(vector)",
          '"""\n\n\ndef', '"""\n\nimport numpy as np\n\n\ndef'),
    wrong("indices_swapped", "jax_einsum", RESULT,
          '"ij,j->i", matrix', '"ji,j->i", matrix.T[::-1]'),
    wrong("float32_product", "torch_compile", ": result has dtype float32; expected float64$",
          "matrix.to(vector.dtype) @ vector", "matrix.float() @ vector.float()"),
    wrong("float32_sum", "numpy_matmul",
          r"against float64: result differs in .* values, first at row \d+: expected",
          "matrix @ vector", "(matrix @ vector.astype('f4')).astype(vector.dtype)"),
]  # fmt: skip

# Edits that nothing can tell from the original, so that no test may object to them.
EQUIVALENT = [
    wrong("blocks_of_seven", "numpy_blocks", "", "BLOCK = 1024", "BLOCK = 7"),
    wrong("selected_by_the_product", "jax_where", "",
          "jnp.where(matrix == 1, vector, 0)", "jnp.multiply(matrix, vector)"),
]  # fmt: skip
