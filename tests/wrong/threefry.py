"""Threefry: the rounds, the keys between them, which bits make a number, and integers that wrap."""

from tests.wrong import wrong

BITS = r": bits differs in .* values, first at word \d+: expected \d+, got \d+"
UNIFORM = r": uniform differs in .* values, first at number \d+: expected 0\.\d+, got -?0\.\d+"
KEYS = r": keys differs in .* values, first at word \d+, half \d: expected \d+, got \d+"
FOLDED = r": folded differs in .* values, first at fold \d+, half \d: expected \d+, got \d+"

WRONG = [
    # The generator.
    wrong("one_rotation", "numpy_vectorised", BITS, "(17, 29, 16, 24)", "(17, 29, 16, 25)"),
    wrong("rotated_right", "numba_njit", BITS,
          "(a ^ (b << rotation | b >> 32 - rotation))",
          "(a ^ (b >> rotation | b << 32 - rotation))"),
    wrong("parity", "jax_jit", BITS, "0x1BD11BDA", "0x1BD11BDB"),
    wrong("sixteen_rounds", "numpy_blocks", BITS,
          "the left\n    for group in range(5)", "the left\n    for group in range(4)"),
    wrong("keys_out_of_turn", "jax_eager", BITS, "keys[(group + 1) % 3]", "keys[group % 3]"),
    wrong("group_forgotten", "numba_njit", BITS, " + (group + 1))", ")"),
    # Signed integers shift in their sign: without the mask, half of all rotations are wrong.
    wrong("sign_shifted_in", "torch_eager", BITS, " & (1 << rotation) - 1", ""),
    wrong("sign_kept", "torch_eager", UNIFORM, " & (1 << digits) - 1", ""),
    wrong("low_word_signed", "torch_eager", BITS, "b.long() & 0xFFFFFFFF", "b.long()"),
    # Which bits of which counter make what.
    wrong("first_word_alone", "numba_njit", BITS, "uint64(a) << 32 | b", "uint64(a) << 32"),
    wrong("words_swapped", "numpy_vectorised", BITS,
          "a.astype(np.uint64) << 32 | b", "b.astype(np.uint64) << 32 | a"),
    wrong("last_bits", "jax_jit", UNIFORM,
          "width) >> width - digits", "width) & 2**digits - 1"),
    wrong("bits_of_float32", "jax_eager", UNIFORM, "else 52", "else 23"),
    wrong("scaled_to_one", "numba_njit", UNIFORM, "* 2.0**-52", "/ (2.0**52 - 1)"),
    wrong("counts_from_one", "numba_parallel", BITS, "draw(key, i)", "draw(key, i + 1)"),
    wrong("every_block_the_first", "numpy_blocks", UNIFORM,
          "np.arange(start, stop, dtype", "np.arange(stop - start, dtype"),
    wrong("another_key", "jax_random", UNIFORM,
          "uniform(typed", "uniform(jax.random.split(typed)[0]"),
    wrong("keys_in_reverse", "torch_eager", KEYS,
          "torch.zeros_like(low), low), dim=1)", "torch.zeros_like(low), low)[::-1], dim=1)"),
    wrong("data_reversed", "numba_njit", FOLDED,
          "data[i, 0], data[i, 1]", "data[i, 1], data[i, 0]"),
    wrong("high_word_ignored", "jax_random", FOLDED,
          "threefry_2x32(key, data.T)", "threefry_2x32(key, data.T.at[0].set(0))"),
    # The dtypes.
    wrong("float32_numbers", "numpy_vectorised", "uniform has dtype float32; expected float64",
          'astype(f"float{width}")', "astype(np.float32)"),
    wrong("signed_bits", "torch_eager", "bits has dtype int64; expected uint64",
          "bits.view(DTYPES[width][0])", "bits"),
    # On a GPU.
    wrong("cuda_one_rotation", "numba_cuda", BITS, "(17, 29, 16, 24)", "(17, 29, 16, 25)"),
    wrong("cuda_every_block_the_first", "numba_cuda", UNIFORM,
          "np.uint32(i))\n        if width == 32:\n            uniform",
          "np.uint32(cuda.threadIdx.x))\n        if width == 32:\n            uniform"),
    wrong("cuda_data_reversed", "numba_cuda", FOLDED,
          "data[i, 0], data[i, 1]", "data[i, 1], data[i, 0]"),
]  # fmt: skip

# Edits that nothing can tell from the original, so that no test may object to them.
EQUIVALENT = [
    # A power of two: nothing is rounded.
    wrong("divided", "numpy_vectorised", "", "* 2.0**-digits", "/ 2.0**digits"),
    # 1 <= x < 2 has the bits as its fraction: how most libraries do it.
    wrong("fraction_of_a_float", "jax_jit", "", "bits.astype(f\"float{width}\") * 2.0**-digits",
          "(bits | jnp.ones((), f\"float{width}\").view(f\"uint{width}\"))"
          ".view(f\"float{width}\") - 1"),
]  # fmt: skip
