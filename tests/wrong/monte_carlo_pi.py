"""Pi: which points there are, which are inside, what is made of the count."""

from tests.wrong import wrong

INSIDE = r": inside differs in 1 of 1 values, first at the only value: expected 55117, got \d+"
ESTIMATE = r": estimate differs in 1 of 1 values, first at the only value: expected 3\.147.*, got"
INTERVAL = r": interval differs in 3 of 3 values, first at level 0: expected 0\.0061.*, got .* ulps"

WRONG = [
    # The points.
    wrong("every_chunk_the_same", "jax_fori", INSIDE, "keys[chunk]", "keys[0]"),
    wrong("last_chunk_lost", "numba_njit", INSIDE, "range(len(keys))", "range(len(keys) - 1)"),
    wrong("last_point_lost", "numba_parallel", INSIDE, "range(length)", "range(length - 1)"),
    wrong("chunks_from_one", "jax_random", INSIDE,
          "fold_in(typed, chunk)", "fold_in(typed, chunk + 1)"),
    wrong("bits_of_the_mode", "jax_random", INSIDE, ', length, "uint32")', ", length)"),
    wrong("sign_of_x_kept", "torch_eager", INSIDE, "bits >> 17 & 0x7FFF", "bits >> 17"),
    wrong("x_for_y", "numpy_blocks", INSIDE, "bits >> 17, bits & 0x7FFF", "bits >> 17, bits >> 17"),
    wrong("overlapping_bits", "torch_eager", INSIDE, "bits >> 17 & 0x7FFF", "bits >> 14 & 0x7FFF"),
    # The circle.
    wrong("corners_not_centres", "jax_vmap", INSIDE,
          "x * (x + 1) + y * (y + 1) < 2**30", "(x + 1) ** 2 + (y + 1) ** 2 < 2**30"),
    wrong("diamond", "numpy_inplace", INSIDE, "x < 2**30", "x < 2**29"),
    wrong("triangle", "numpy_blocks", INSIDE, "x * (x + 1) + y * (y + 1) < 2**30", "x + y < 2**15"),
    # The estimate and its error.
    wrong("a_quarter_of_pi", "numpy_blocks", ESTIMATE, ", 4 * share,", ", share,"),
    wrong("error_of_a_quarter", "jax_eager", INTERVAL, "4 * jnp.sqrt", "jnp.sqrt"),
    wrong("variance_for_deviation", "torch_eager", INTERVAL,
          "4 * torch.sqrt(share * (1 - share) / points)", "16 * share * (1 - share) / points"),
    wrong("deviation_of_a_point", "numpy_inplace", INTERVAL, "(1 - share) / points)",
          "(1 - share))"),
    wrong("one_degree_of_freedom", "numba_njit", INTERVAL, "(1 - share) / points",
          "(1 - share) / (points - 1)"),
    # The dtypes.
    wrong("counted_in_int64", "jax_eager", "inside has dtype int64; expected int32",
          "jnp.int32(0)", "jnp.int64(0)"),
    wrong("float64_share", "torch_eager", "estimate has dtype float32; expected float64",
          "inside.to(quantiles.dtype) / points", "inside / points"),
]  # fmt: skip

# Edits that nothing can tell from the original, so that no test may object to them.
EQUIVALENT = [
    # The sum is an integer: below 2**30 - 1/2, as the centres demand, or below 2**30.
    wrong("at_most", "numpy_blocks", "", "< 2**30", "<= 2**30 - 1"),
    wrong("chunks_in_reverse", "numpy_inplace", "", "split(key, chunks):",
          "split(key, chunks)[::-1]:"),
]  # fmt: skip
