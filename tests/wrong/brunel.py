"""Brunel's network: delay, refractory period, signs, the noise, the windows and their ends."""

from tests.wrong import wrong

# How a difference is named, in a run from the start and in a single step from a given state.
SPIKES = r"spikes differs in .* values, first at step \d+, neuron \d+: expected (True|False), got"
VOLTAGE = r"state\.voltage differs in .* values, first at neuron \d+: expected .* mV, got .* mV"
PAUSE = r"state\.refractory differs in .* values, first at neuron \d+: expected \d+, got -?\d+"
ARRIVING = (
    r"state\.arriving differs in .* values, first at delay \d+, neuron \d+: expected .* jumps, got"
)
RUN = f": {SPIKES}|: {VOLTAGE}"

# Lines of the ports, as they are edited below.
ADD = "np.add.at(arriving[slot], row, sends[pre])"
COUNT = "np.maximum(refractory - 1, 0)"
LEAK = "voltage - leak * voltage + jump * arrived"

WRONG = [
    # The delay and its ring.
    wrong("delay_a_step_short", "numpy_event", RUN,
          "arrived = arriving[slot]", "arrived = arriving[(step + 1) % len(arriving)]"),
    wrong("delay_a_step_long", "numpy_event", RUN,
          "arrived = arriving[slot]", "arrived = arriving[slot - 1]"),
    wrong("ring_not_cleared", "numpy_event", RUN, "        arriving[slot] = 0\n", ""),
    wrong("ring_not_cleared", "numba_window", RUN, "        slot[:] = 0\n", ""),
    wrong("ring_not_cleared", "torch_compile_chunk", RUN, "            arriving[slot] = 0\n", ""),
    wrong("ring_not_rolled", "numpy_bincount", ARRIVING, "np.roll(arriving, -steps, axis=0)",
          "arriving"),
    wrong("ring_rolled_backwards", "torch_event", ARRIVING, "roll(-steps,", "roll(steps,"),
    wrong("ring_ends_a_step_early", "jax_scan_event", ARRIVING, "-steps, axis", "1 - steps, axis"),
    # Windows and their ends.
    wrong("sent_a_step_early", "numba_window", RUN,
          "arriving[step - start]", "arriving[step - start - 1]"),
    wrong("sent_a_step_late", "torch_compile_chunk", RUN, "            arriving[slot] = 0\n",
          "            slot = (slot + 1) % delay\n            arriving[slot] = 0\n"),
    wrong("window_in_reverse", "jax_scan_window", RUN,
          "(arriving[:length], external)", "(arriving[:length][::-1], external)"),
    wrong("last_window_lost", "jax_scan_window",
          r"spikes has shape \(245, 123\); expected \(251, 123\)$",
          "jnp.concatenate([spikes.reshape(whole, neurons), fired])",
          "spikes.reshape(whole, neurons)"),
    wrong("first_rows_kept", "jax_scan_window", ARRIVING, "arriving[length:]",
          "arriving[:delay - length]"),
    # The refractory period.
    wrong("refractory_a_step_short", "numpy_event", RUN, "refractory > 0", "refractory > 1"),
    wrong("refractory_a_step_long", "jax_jit_step", f"{RUN}|{PAUSE}",
          "jnp.where(fired, refractory_steps,", "jnp.where(fired, refractory_steps + 1,"),
    wrong("refractory_below_zero", "numpy_event", PAUSE, COUNT, "refractory - 1"),
    wrong("refractory_never_ends", "numba_event", f"{RUN}|{PAUSE}",
          "                refractory[i] -= 1\n", ""),
    wrong("kept_instead_of_reset", "numpy_event", RUN, "np.where(fired, v_reset, voltage)",
          "voltage"),
    # The membrane.
    wrong("threshold_excluded", "numpy_event", RUN, ">= v_threshold", "> v_threshold"),
    wrong("threshold_excluded", "numba_window", RUN,
          "fired[i] = after >= v_threshold", "fired[i] = after > v_threshold"),
    wrong("leak_forgotten", "numpy_event", RUN, LEAK, "voltage + jump * arrived"),
    wrong("leak_to_reset", "numpy_event", RUN, LEAK,
          "voltage - leak * (voltage - v_reset) + jump * arrived"),
    wrong("arriving_leaks_as_well", "numpy_event", RUN, LEAK,
          "(voltage + jump * arrived) * (1 - leak)"),
    wrong("jump_forgotten", "jax_scan_event", RUN, "jump * arrived", "arrived"),
    # The noise.
    wrong("external_forgotten", "numpy_event", RUN, "arriving[slot] + external[step]",
          "arriving[slot]"),
    wrong("external_of_the_window", "torch_compile_chunk", RUN, "arriving[slot] + outside",
          "arriving[slot] + external[0]"),
    wrong("external_of_first_neuron", "numba_event", RUN, "external[step, i]", "external[step, 0]"),
    # Who sends what to whom.
    wrong("all_excite", "numpy_event", RUN, "1, -g)", "1, g)"),
    wrong("all_inhibit", "jax_jit_step", RUN, "1, -g)", "-g, -g)"),
    wrong("g_forgotten", "torch_event", RUN, "full_like(voltage, -g)", "full_like(voltage, -1)"),
    wrong("one_inhibits_less", "numpy_bincount", f"{RUN}|{ARRIVING}",
          "arange(neurons) < excitatory", "arange(neurons) <= excitatory"),
    wrong("a_target_once", "numpy_event", f"{RUN}|{ARRIVING}", ADD,
          "arriving[slot][row] += sends[pre]"),
    wrong("last_synapse_lost", "jax_jit_step", RUN,
          "k < indptr[pre + 1]", "k < indptr[pre + 1] - 1"),
    wrong("next_row", "jax_jit_step", RUN, "k < indptr[pre + 1]", "k <= indptr[pre + 1]"),
    wrong("row_before", "jax_jit_step", RUN, "(k >= indptr[pre]) & ", ""),
    wrong("as_long_as_the_first", "jax_scan_event", RUN, "int(jnp.diff(synapses.indptr).max())",
          "int(synapses.indptr[1])"),
    wrong("last_neuron_lost", "jax_scan_window", RUN, "send(fired, synapses",
          "send(fired.at[-1].set(False), synapses"),
    wrong("as_long_as_the_first", "torch_event", RUN, "targets[pre]", "targets[pre, : indptr[1]]"),
    wrong("filled_up_with_the_first", "torch_event", RUN, "padding_value=neurons",
          "padding_value=0"),
    wrong("last_neurons_lost", "numba_window", f"{RUN}|{ARRIVING}",
          "len(fired) // 8 * 8", "len(fired) // 32 * 32",
          "range(whole, len(fired))", "range(len(fired), len(fired))"),
    wrong("odd_rows_lost", "numba_streams", RUN,
          "                add_row(slot, row_of(synapses, pre), sends[pre])\n",
          "                pass\n"),
    wrong("ends_lost", "numba_streams", f"{RUN}|{ARRIVING}",
          "    add_row(slot, third[shared:], sent[2])\n", ""),
    wrong("third_for_fourth", "numba_streams", RUN, "fourth[k]", "third[k]"),
    # The model, as it is given to a simulator.
    wrong("threshold_excluded", "brian2_cpp", RUN, ">= v_threshold", "> v_threshold"),
    wrong("order_of_brian2", "brian2_cpp", RUN,
          '"groups", "synapses", "thresholds"', '"groups", "thresholds", "synapses"'),
    wrong("delay_a_step_long", "brian2_cpp", RUN, "(delay - 1)", "delay"),
    wrong("leaks_while_refractory", "brian2_cpp", RUN, " (unless refractory)", ""),
    wrong("refractory_a_step_short", "brian2_cpp", RUN,
          "population.pause: (refractory_steps + 1)", "population.pause: refractory_steps"),
    wrong("arrives_for_ever", "brian2_cpp", RUN, "\n        arrived = 0", ""),
    wrong("program_forgotten", "brian2_cpp", "compiled 1 times in its second call; allowed: 0$",
          "@functools.cache\n", ""),
    wrong("decay_is_eulers", "nest_delta", RUN, "-1 / np.log1p(-leak)", "1 / leak"),
    wrong("all_excite", "nest_delta", RUN, "jump * sends[pre]", "jump * abs(sends[pre])"),
    wrong("transposed", "nest_delta", RUN, "pre + 1, indices + 1", "indices + 1, pre + 1"),
    wrong("refractory_a_step_long", "nest_delta", RUN,
          "t_ref=refractory_steps", "t_ref=refractory_steps + 1"),
    wrong("held_until_the_start", "nest_delta", RUN, "state.refractory + delay - 1.0", "delay"),
    wrong("raster_a_step_early", "nest_delta", RUN, "ends - delay - 1", "ends - delay - 2"),
    # What is recorded, dtypes, side effects.
    wrong("refractory_as_int64", "numpy_event",
          r"state\.refractory has dtype int64; expected int32$",
          "np.where(fired, refractory_steps,", "np.where(fired, np.int64(refractory_steps),"),
    wrong("ring_of_the_argument", "torch_event",
          r"changed an argument of shape \(7, 123\) in place$",
          "        arriving[slot] = 0\n", "        arriving[slot] = state.arriving[slot] = 0\n"),
]  # fmt: skip

# Edits that nothing can tell from the original, so that no test may object to them.
EQUIVALENT = [
    # Who is refractory rests at v_reset, below threshold.
    wrong("refractory_cannot_fire", "numpy_event", "",
          "voltage >= v_threshold", "(voltage >= v_threshold) & (refractory == 0)"),
]  # fmt: skip
