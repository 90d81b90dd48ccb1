"""Even numbers: the odd ones, zero or negative ones lost, padding left, order lost."""

from tests.wrong import wrong

EVENS = r": evens differs in .* values, first at number \d+: expected -?\d+, got -?\d+$"
SHAPE = r": evens has shape \(\d+,\); expected \(\d+,\)$"

WRONG = [
    wrong("odd", "numpy_mask", SHAPE, "% 2 == 0", "% 2 == 1"),
    wrong("zero_is_not_even", "numpy_mask", SHAPE, "% 2 == 0", "% 2 == (values == 0)"),
    wrong("negatives_lost", "numba_njit", SHAPE,
          "count += value & 1 == 0", "count += value & 1 == 0 and value >= 0",
          "if value & 1 == 0:", "if value & 1 == 0 and value >= 0:"),
    wrong("padding_left", "jax_jit", SHAPE, "[: int(count)]", ""),
    wrong("count_of_odd", "torch_compile", SHAPE, "int(count)]", "len(values) - int(count)]"),
    wrong("one_place_late", "jax_cumsum", EVENS, "count - 1,", "count,"),
    wrong("order_lost", "jax_sort", EVENS, "num_keys=1", "num_keys=2"),
    wrong("sorted", "torch_eager", EVENS, "values[even]", "values[even].sort().values"),
    wrong("blocks_reversed", "numba_parallel", EVENS,
          "evens[k] = values[i]", "evens[len(evens) - 1 - k] = values[i]"),
    wrong("last_lost", "numba_branchless", SHAPE, "evens[:count]", "evens[: count - 1]"),
    wrong("as_int64", "numpy_compress", ": evens has dtype int64; expected int32$",
          "np.compress(even, values)", "np.compress(even, values).astype(np.int64)"),
]  # fmt: skip

# Edits that nothing can tell from the original, so that no test may object to them.
EQUIVALENT = [
    wrong("blocks_of_seven", "numba_parallel", "", "BLOCK = 65_536", "BLOCK = 7"),
]  # fmt: skip
