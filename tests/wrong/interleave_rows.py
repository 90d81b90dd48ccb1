"""Interleaved rows: matrices swapped, rows shifted or lost, the wrong dtype, arguments changed."""

from tests.wrong import wrong

RESULT = r": result differs in .* values, first at row \d+, column \d+: expected -?\d+, got -?\d+$"
SHAPE = r": result has shape \(.*\); expected \(111, 16\)$"

WRONG = [
    wrong("swapped", "numpy_stack", RESULT,
          "first, second, third], axis", "first, third, second], axis"),
    wrong("concatenated", "numpy_stack", RESULT, "axis=1", "axis=0"),
    wrong("stacked_last", "jax_stack", RESULT, "axis=1", "axis=2"),
    wrong("side_by_side", "torch_stack", SHAPE,
          "reshape(3 * rows, columns)", "reshape(rows, 3 * columns)"),
    wrong("third_forgotten", "jax_jit", RESULT, ".at[2::3].set(third)", ".at[2::3].set(0)"),
    wrong("added", "jax_jit_donate", RESULT,
          ".at[2::3].set(third)", ".at[1::3].add(third)"),
    wrong("row_shifted", "numba_fill", RESULT, "= first[i, j]", "= first[i - 1, j]"),
    wrong("last_row_lost", "numba_parallel", RESULT,
          "np.empty(", "np.zeros(", "prange(len(first))", "prange(len(first) - 1)"),
    wrong("half_a_row", "numba_records", RESULT,
          "np.empty(", "np.zeros(", "np.int8, columns)", "np.int8, columns // 2)"),
    wrong("second_twice", "numba_records", RESULT, "= third[i]", "= second[i]"),
    wrong("as_int16", "numpy_assign", ": result has dtype int16; expected int8$",
          "np.int8", "np.int16"),
    wrong("argument_overwritten", "torch_eager",
          r"changed an argument of shape \(37, 16\) in place$",
          "    return result", "    first.zero_()\n    return result"),
    wrong("first_upside_down", "torch_compile", RESULT, "[first,", "[first.flip(0),"),
    wrong("cuda_second_twice", "numba_cuda", RESULT, "= third[row, word]", "= second[row, word]"),
    wrong("cuda_words_in_reverse", "numba_cuda", RESULT,
          "= second[row, word]", "= second[row, words - 1 - word]"),
]  # fmt: skip
