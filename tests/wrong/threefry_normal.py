"""Normal numbers: which key draws what, where the logarithm is, degrees, and precision."""

from tests.wrong import wrong

NORMAL = r": normal differs in .* values, first at part \d, pair \d+: expected .*, got .* ulps\)"
ROUNDED = f"against float64{NORMAL}"

WRONG = [
    # The uniform numbers.
    wrong("one_key_for_both", "numpy_blocks", NORMAL,
          "random_uniform(second,", "random_uniform(first,"),
    wrong("keys_swapped", "jax_random", NORMAL, "first, second = jax", "second, first = jax"),
    wrong("key_not_split", "jax_eager", NORMAL, "random_uniform(first,", "random_uniform(key,"),
    wrong("same_counter", "numba_njit", NORMAL, "draw(second, i)", "draw(second, 0)"),
    wrong("last_block_short", "numpy_blocks", "could not broadcast",
          "min(pairs, start + BLOCK)", "start + BLOCK", error=ValueError),
    # What is made of them.
    wrong("logarithm_of_u", "jax_jit", NORMAL, "log(1 - u)", "log(u + 2.0**-24)"),
    wrong("half_the_square", "torch_eager", NORMAL, "-2 * torch.log", "-torch.log"),
    wrong("half_a_turn", "torch_compile_part", NORMAL, "2 * math.pi * v", "math.pi * v"),
    wrong("quarter_turned", "numba_njit", NORMAL, "2 * math.pi * v", "2 * math.pi * (v + 0.25)"),
    wrong("cosine_twice", "jax_eager", NORMAL, "jnp.sin", "jnp.cos"),
    wrong("deviation_of_the_first", "numpy_blocks", NORMAL, "deviations[1] *", "deviations[0] *"),
    wrong("variances", "torch_eager", NORMAL, "deviations[:, None]", "deviations[:, None] ** 2"),
    wrong("normal_of_jax", "jax_random", NORMAL, "deviations[:, jnp.newaxis] * normal",
          "deviations[:, jnp.newaxis] * jax.random.normal(first, (2, pairs), u.dtype)"),
    # The series.
    wrong("one_term_less", "numba_parallel_series", ROUNDED,
          "c, s = square * (1 / (15 * 16)), square * (1 / (16 * 17))", "c, s = 0.0, 0.0"),
    wrong("quarter_not_turned", "numba_parallel_series", ROUNDED,
          "abs(quarter - 2.5) < 1", "quarter == 2"),
    # Precision and layout.
    wrong("in_float32", "jax_jit", ROUNDED, "log(1 - u)", 'log(1 - u.astype("float32"))'),
    wrong("pi_of_float32", "numba_njit", ROUNDED, "2 * math.pi", "2 * np.float32(math.pi)"),
    wrong("float32_numbers", "numpy_blocks", "normal has dtype float32; expected float64",
          "deviations.dtype)\n    for", "np.float32)\n    for"),
    wrong("pairs_in_rows", "jax_eager", r"normal has shape \(5003, 2\); expected \(2, 5003\)",
          "deviations[:, jnp.newaxis] * normal", "(deviations[:, jnp.newaxis] * normal).T"),
]  # fmt: skip
