"""Sparse LIF: delays, the refractory period, the rows and their ends, the ring."""

from tests.wrong import wrong

# How a difference is named, in a run from the start and in a single step from a given state.
SPIKES = r"spikes differs in .* values, first at step \d+, neuron \d+: expected (True|False), got"
VOLTAGE = r"state\.voltage differs in .* values, first at neuron \d+: expected .* mV, got .* mV"
PAUSE = r"state\.refractory differs in .* values, first at neuron \d+: expected \d+, got -?\d+"
ARRIVING = (
    r"state\.arriving differs in .* values, first at delay \d+, neuron \d+: expected .* nA, got"
)
RUN = f": {SPIKES}|: {VOLTAGE}"

# Lines of the ports, as they are edited below.
RESET = "voltage = np.where(refractory > 0, v_reset, voltage)"
COUNT = "refractory = np.maximum(refractory - 1, 0)"
ADD = "np.add.at(arriving[slot], indices[row], weights[row])"

WRONG = [
    # The delay and its ring.
    wrong("delay_a_step_short", "numpy_event", RUN,
          "arriving[slot] + drive", "arriving[(step + 1) % len(arriving)] + drive"),
    wrong("delay_a_step_long", "numpy_event", RUN,
          "arriving[slot] + drive", "arriving[slot - 1] + drive"),
    wrong("ring_not_cleared", "numpy_event", RUN, "        arriving[slot] = 0\n", ""),
    wrong("ring_not_cleared", "numba_event_simd", RUN, "        slot[:] = 0\n", ""),
    wrong("ring_cleared_before_it_is_read", "numba_event", RUN,
          "            current = slot[i] + drive[i]\n            slot[i] = 0\n",
          "            slot[i] = 0\n            current = slot[i] + drive[i]\n"),
    wrong("ring_cleared_after_it_is_written", "torch_eager", RUN,
          "        arriving[slot] = 0\n", "",
          "        spikes[step] = fired\n",
          "        spikes[step] = fired\n        arriving[slot] = 0\n"),
    wrong("ring_not_rolled", "scipy_csr", ARRIVING,
          "np.roll(arriving, -steps, axis=0)", "arriving"),
    wrong("ring_rolled_backwards", "torch_event", ARRIVING, "roll(-steps,", "roll(steps,"),
    wrong("ring_ends_a_step_early", "jax_scan", ARRIVING, "-steps, axis=0", "1 - steps, axis=0"),
    wrong("ring_rolled_backwards", "numba_event", ARRIVING,
          "arriving[(row + steps) % delay]", "arriving[(row - steps) % delay]"),
    wrong("window_of_one_step_less", "jax_scan_window",
          r"spikes has shape \(201, 128\); expected \(202, 128\)$",
          "divmod(steps, delay)", "divmod(steps - 1, delay)"),
    wrong("window_in_reverse", "jax_scan_window", RUN,
          "arriving[:length]", "arriving[:length][::-1]"),
    # The refractory period.
    wrong("refractory_a_step_short", "numpy_event", RUN,
          RESET, "voltage = np.where(refractory > 1, v_reset, voltage)"),
    wrong("refractory_a_step_long", "jax_eager", f"{RUN}|{PAUSE}",
          "jnp.where(fired, refractory_steps,", "jnp.where(fired, refractory_steps + 1,"),
    wrong("refractory_counted_first", "numpy_event", RUN,
          f"        {RESET}\n        {COUNT}\n", f"        {COUNT}\n        {RESET}\n"),
    wrong("refractory_counted_once", "torch_compile_step", f"{RUN}|{PAUSE}",
          ".clamp(min=0)", ".clip(0, 0)"),
    wrong("refractory_below_zero", "numpy_event", PAUSE, COUNT, "refractory = refractory - 1"),
    wrong("refractory_forgotten", "numba_event_simd", f"{RUN}|{PAUSE}",
          "if fired[i] else refractory[i]", "if fired[i] else np.int32(0)"),
    wrong("refractory_as_int64", "numpy_bincount", r"state\.refractory has dtype int64; expected int32$",
          "np.where(fired, refractory_steps, refractory)",
          "np.where(fired, np.int64(refractory_steps), refractory)"),
    wrong("kept_instead_of_reset", "jax_jit_step", RUN,
          "jnp.where(refractory > 0, v_reset, voltage)",
          "jnp.where(refractory > 0, state.voltage, voltage)"),
    # Who sends what to whom.
    wrong("threshold_excluded", "numpy_event", RUN, ">= v_threshold", "> v_threshold"),
    wrong("column_for_row", "scipy_csr", RUN, "fired @ matrix", "matrix @ fired"),
    wrong("column_for_row", "torch_csr", RUN, "matrix.t().to_sparse_csr()", "matrix"),
    wrong("column_for_row", "jax_scan_bcoo", RUN,
          "fired.astype(drive.dtype) @ matrix", "matrix @ fired.astype(drive.dtype)"),
    wrong("column_for_row", "jax_scan", RUN,
          "weights * fired[senders], indices,", "weights * fired[indices], senders,"),
    wrong("a_target_once", "numpy_event", RUN, ADD, "arriving[slot][indices[row]] += weights[row]"),
    wrong("next_row", "numpy_event", RUN,
          "slice(indptr[pre], indptr[pre + 1])", "slice(indptr[pre], indptr[pre + 1] + 1)"),
    wrong("next_row", "jax_scan_padded", RUN, "row < indptr[pre + 1]", "row <= indptr[pre + 1]"),
    wrong("as_long_as_the_first", "jax_scan_padded", RUN,
          "int(jnp.diff(synapses.indptr).max())", "int(synapses.indptr[1])"),
    wrong("last_synapse_lost", "jax_scan_event", RUN,
          "k < indptr[pre + 1]", "k < indptr[pre + 1] - 1"),
    wrong("row_before", "jax_scan_event", RUN, "(k >= indptr[pre]) & ", ""),
    wrong("last_neuron_lost", "jax_scan_window", RUN,
          "send(fired, synapses", "send(fired.at[-1].set(False), synapses"),
    wrong("before_of_the_next", "numpy_bincount", f"{RUN}|{ARRIVING}",
          "np.cumsum(stop - start) - (stop - start)", "np.cumsum(stop - start)"),
    wrong("all_send", "scipy_event", RUN, "matrix[fired].sum", "matrix.sum"),
    wrong("list_starts_over", "numba_event_simd", RUN, "count += fired[pre]", "count = fired[pre]"),
    wrong("one_spike_for_all", "torch_eager", RUN,
          "weights * fired[senders]", "weights * fired.any()"),
    wrong("drive_forgotten", "torch_compile_step", RUN, "arrived + drive", "arrived"),
    wrong("float32_sum", "torch_eager", r"state\.voltage differs|state\.arriving differs",
          "weights * fired[senders]", "(weights * fired[senders]).float().double()"),
    wrong("ring_of_the_argument", "torch_event",
          r"changed an argument of shape \(5, 128\) in place$",
          "state.arriving.clone()", "state.arriving"),
]  # fmt: skip

# Edits that nothing can tell from the original, so that no test may object to them.
EQUIVALENT = [
    # Who is at threshold is not refractory, as those who are rest at v_reset.
    wrong("refractory_cannot_fire", "numpy_event", "",
          "voltage >= v_threshold", "(voltage >= v_threshold) & (refractory == 0)"),
]  # fmt: skip
