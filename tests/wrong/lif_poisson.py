"""Noise drawn in the step: with which key, for which step and neuron, and how it is compared."""

from tests.wrong import wrong

# How a difference is named, in a run from the start and in a single step from a given state.
SPIKES = r"spikes differs in .* values, first at step \d+, neuron \d+: expected (True|False), got"
VOLTAGE = r"state\.voltage differs in .* values, first at neuron \d+: expected .* mV, got .* mV"
RUN = f": {SPIKES}|: {VOLTAGE}"
NEXT = r": state\.step differs in 1 of 1 values, first at the only value: expected \d+, got \d+"

WRONG = [
    # The noise.
    wrong("every_step_the_same", "jax_scan", RUN, "fold_in(key, now)", "fold_in(key, 0)"),
    wrong("counted_from_zero", "numpy_dense", RUN, "first + np.arange(", "np.arange("),
    wrong("a_step_ahead", "numba_event", RUN, "first + step)", "first + step + 1)"),
    wrong("every_neuron_the_same", "numba_event", RUN,
          "bits32(step_key, i)", "bits32(step_key, 0)"),
    wrong("one_key_for_all", "jax_eager", RUN, "bits(step_key,", "bits(key,"),
    wrong("table_excluded", "numpy_event", RUN, "words >= table", "words > table",
          "table[:, np.newaxis]", "table[:, np.newaxis] | 2**24"),
    wrong("signed_words", "torch_eager", RUN, ".long() & 0xFFFFFFFF  #", ".long()  #"),
    wrong("signed_table", "torch_eager", RUN, "table.long()", "table.view(torch.int32)"),
    wrong("at_most_one", "numpy_dense", RUN, "table[:, np.newaxis]", "table[:1, np.newaxis]"),
    wrong("first_entry_lost", "torch_eager", RUN, "table[:, None]", "table[1:, None]"),
    wrong("noise_without_strength", "jax_scan", RUN, "strength * arrived", "arrived"),
    wrong("poisson_of_jax", "jax_scan_event", RUN,
          "jnp.sum(words >= table[:, jnp.newaxis], axis=0, dtype=voltage.dtype)",
          "jax.random.poisson(step_key, 0.75, (len(voltage),)).astype(voltage.dtype)"),
    # The network.
    wrong("threshold_excluded", "numpy_event", RUN, ">= v_threshold", "> v_threshold"),
    wrong("last_neuron_lost", "numba_event", RUN, "for pre in range(neurons)",
          "for pre in range(neurons - 1)"),
    wrong("row_lost", "jax_scan_event", RUN, "(pack(fired), outside)",
          "(pack(fired.at[-1].set(False)), outside)"),
    wrong("noise_forgotten_on_spikes", "numpy_event", RUN, "+ strength * arrived",
          "+ strength * arrived * (not fired.any())"),
    # What is returned.
    wrong("step_kept", "torch_eager", NEXT, "first + steps)", "first + 0)"),
    wrong("step_as_int64", "numpy_dense", "step has dtype int64; expected int32",
          "first + np.int32(steps)", "first + np.int64(steps)"),
    wrong("step_of_the_argument", "torch_eager", r"changed an argument of shape \(\) in place$",
          "State(voltage, first + steps)", "State(voltage, first.add_(steps))"),
]  # fmt: skip

# Edits that nothing can tell from the original, so that no test may object to them.
EQUIVALENT = [
    # The table rises.
    wrong("searched", "numpy_event", "",
          "np.sum(words >= table[:, np.newaxis], axis=0, dtype=voltage.dtype)",
          'np.searchsorted(table, words, side="right").astype(voltage.dtype)'),
]  # fmt: skip
