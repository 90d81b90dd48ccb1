"""LIF: the model, what is recorded, dtypes, side effects, compilation."""

from tests.wrong import wrong

# How a difference is named, in a run from the start and in a single step from a given state.
SPIKES = r"spikes differs in .* values, first at step \d+, neuron \d+: expected (True|False), got"
VOLTAGE = r"state\.voltage differs in .* values, first at neuron \d+: expected .* mV, got .* mV \(.* ulps\)"
RUN = f": {SPIKES}|: {VOLTAGE}$"
STEP = f"against float64: {VOLTAGE}, in step \\d+ from the reference's state$"


# Lines of the ports, as they are edited below.
LEAK = "(dt / tau) * (-voltage + v_reset + resistance * current)"
CURRENT = "fired @ weights + drive"
RESET = "        voltage = np.where(fired, v_reset, voltage)\n"
RECORD = "        raster.append(fired)\n"
RETURN = "    return spikes, state._replace(voltage=voltage)\n"
NUMPY = "import numpy as np\n"

WRONG = [
    # The model.
    wrong("threshold_excluded", "numpy_dense", RUN, ">= v_threshold", "> v_threshold"),
    wrong("threshold_excluded", "torch_eager", RUN, ">= v_threshold", "> v_threshold"),
    wrong("never_reset", "numpy_dense", RUN, RESET + RECORD, RECORD),
    wrong("delayed", "numpy_dense", RUN, CURRENT, "(raster or [0 * fired])[-1] @ weights + drive"),
    wrong("transposed", "numpy_dense", RUN, "fired @ weights", "weights @ fired"),
    wrong("transposed", "jax_einsum", RUN, "i,ij->j", "j,ij->i"),
    wrong("drive_forgotten", "numpy_dense", RUN, CURRENT, "fired @ weights"),
    wrong("drive_forgotten", "numba_event", RUN, "current[i] = drive[i]", "current[i] = 0"),
    wrong("drive_twice", "numpy_dense", RUN, CURRENT, f"{CURRENT} + drive"),
    wrong("leak_upside_down", "numpy_dense", RUN, "(-voltage + v", "(voltage + v"),
    wrong("leak_to_zero", "numpy_dense", RUN, "-voltage + v_reset", "-voltage"),
    wrong("no_resistance", "numpy_dense", RUN, "resistance * current", "current"),
    wrong("tau_over_dt", "numpy_dense", RUN, "dt / tau", "tau / dt"),
    wrong("dt_alone", "numpy_dense", RUN, "(dt / tau)", "dt"),
    wrong("voltage_clipped", "numpy_dense", RUN, LEAK, f"np.maximum({LEAK}, v_reset - voltage)"),
    wrong("all_excite", "numpy_dense", RUN, "fired @ weights", "fired @ np.abs(weights)"),
    wrong("first_spike_only", "numpy_event", RUN, "weights[fired]", "weights[fired][:1]"),
    wrong("last_spike_lost", "jax_scan_nonzero", RUN, "0, fired.sum()", "0, fired.sum() - 1"),
    wrong("neighbour_lost", "torch_scan_event", RUN, "neurons < last", "neurons < last - 1"),
    wrong("sharded_threshold_excluded", "jax_sharded", RUN, ">= v_threshold", "> v_threshold"),
    wrong("sharded_nobody_heard", "jax_sharded", RUN,
          "jax.lax.all_gather(fired,", "0 * jax.lax.all_gather(fired,"),
    wrong("sharded_last_lost", "jax_sharded", r"spikes has shape \(400, 63\); expected \(400, 64\)",
          "spikes[:, :neurons]", "spikes[:, :-1]"),
    wrong("one_spike_a_word", "jax_scan_event", RUN,
          "words[word] ^ (jnp.uint32(1) << bit)", "jnp.uint32(0)"),
    wrong("last_word_lost", "jax_scan_event", RUN, "(words != 0).any()", "(words[:-1] != 0).any()"),
    wrong("neighbour_lost", "jax_pallas", RUN, "n < last", "n < last - 1"),
    wrong("last_neuron_masked", "jax_pallas", RUN, "n < neurons", "n < neurons - 1"),
    wrong("chunks_start_over", "torch_compile_reduce_overhead", RUN,
          "state, fired = advance(", "_, fired = advance("),
    wrong("last_four_lost", "numba_event_fused", RUN, "range(alone, len(senders), 4)",
          "range(alone, len(senders) - 4, 4)"),
    wrong("row_twice", "numba_event_fused", RUN, "(third[post] + fourth", "(third[post] + third"),
    wrong("reset_forgotten", "numba_event_fused", RUN, "v_reset if fired[n] else after", "after"),
    wrong("last_neuron_lost", "numpy_dense", RUN, CURRENT, "fired[:-1] @ weights[:-1] + drive"),
    wrong("current_kept", "numba_event", RUN,
          "            current[i] = drive[i]\n", "",
          "np.empty_like(drive)", "drive.copy()"),
    # The model, as it is given to a simulator.
    wrong("threshold_excluded", "brian2_cpp", RUN, ">= v_threshold", "> v_threshold"),
    wrong("order_of_brian2", "brian2_cpp", RUN,
          '"thresholds", "synapses", "groups"', '"groups", "thresholds", "synapses"'),
    wrong("decay_is_exact", "brian2_cpp", RUN, '"euler"', '"exponential_euler"'),
    wrong("decay_is_exact", "nest_delta", RUN, "-1 / np.log1p(-dt / tau)", "tau / dt"),
    wrong("delayed", "brian2_cpp", RUN, 'weight")\n', 'weight", delay=b2.second)\n'),
    wrong("delayed", "nest_delta", RUN, 'jumps.T, "delay": 1.0', 'jumps.T, "delay": 2.0'),
    wrong("transposed", "brian2_cpp", RUN, "weights.ravel()", "weights.T.ravel()"),
    wrong("transposed", "nest_delta", RUN, "jumps.T", "jumps"),
    wrong("current_kept", "brian2_cpp", RUN,
          '    population.run_regularly("current = 0", when="end")\n', ""),
    wrong("refractory_for_longer", "nest_delta", RUN, '"t_ref": 1.0', '"t_ref": 2.0'),
    wrong("spikes_after_the_last", "nest_delta", "index 1 is out of bounds",
          "population.V_th = np.inf  # our", "pass  # our", error=IndexError),
    # What is recorded.
    wrong("one_step_short", "numpy_dense", r"spikes has shape \(399, 64\); expected \(400, 64\)$",
          "range(steps)", "range(steps - 1)", "reshape(steps,", "reshape(-1,"),
    wrong("one_step_more", "jax_scan", r"spikes has shape \(401, 64\); expected \(400, 64\)$",
          "length=steps", "length=steps + 1"),
    wrong("one_step_padded", "numpy_dense", RUN,
          "range(steps)", "range(steps - 1)", "np.array(raster,", "np.array(raster + [fired],"),
    wrong("raster_a_step_late", "jax_fori", RUN, ".at[i]", ".at[i - 1]"),
    wrong("raster_a_step_early", "numpy_dense", RUN,
          "append(fired)", "append(voltage >= v_threshold)"),
    wrong("spikes_as_float", "numpy_dense", "spikes has dtype float64; expected bool$",
          "dtype=bool", "dtype=float"),
    wrong("spikes_as_uint8", "torch_eager", "spikes has dtype uint8; expected bool$",
          "torch.bool", "torch.uint8"),
    wrong("voltage_before_reset", "numpy_dense", STEP,
          RESET + RECORD, "        end = voltage\n" + RESET + RECORD,
          "voltage=voltage", "voltage=end"),
    wrong("swapped", "numpy_dense", r"returns tuple\(State\(array\), array\); expected tuple\(array, State\(",
          RETURN, "    return state._replace(voltage=voltage), spikes\n"),
    wrong("raster_alone", "numpy_dense", r"returns array; expected tuple\(array, State\(array\)\)$",
          RETURN, "    return spikes\n"),
    wrong("no_state", "numpy_dense",
          r"returns tuple\(array, array\); expected tuple\(array, State\(array\)\)$",
          RETURN, "    return spikes, voltage\n"),
    # The dtype.
    wrong("float32_at_the_end", "numpy_dense", r"state\.voltage has dtype float32; expected float64$",
          "voltage=voltage", "voltage=np.float32(voltage)"),
    wrong("float32_in_each_step", "numpy_dense", RUN,
          f"voltage + {LEAK}", f"np.float32(voltage + {LEAK}).astype(drive.dtype)"),
    wrong("float32_current", "numpy_dense", STEP,
          CURRENT, f"np.float32({CURRENT}).astype(drive.dtype)"),
    wrong("float32_sum", "torch_eager", STEP,
          "fired.to(weights.dtype) @ weights", "(fired.float() @ weights.float()).double()"),
    # Side effects.
    wrong("argument_overwritten", "numpy_dense", "read-only",
          "state.voltage  #", "state.voltage; voltage[:] = voltage - 1  #", error=ValueError),
    wrong("argument_overwritten", "torch_eager", r"changed an argument of shape \(64,\) in place$",
          RETURN, f"    state.voltage.copy_(voltage)\n{RETURN}"),
    wrong("counts_its_calls", "numpy_dense", "differs between two calls with the same arguments",
          NUMPY, f"{NUMPY}\nCALLS = []\n",
          CURRENT, f"{CURRENT} + len(CALLS)", RETURN, f"    CALLS.append(1)\n{RETURN}"),
    wrong("first_arguments_kept", "numpy_dense", STEP,
          NUMPY, f"{NUMPY}\nKEPT = {{}}\n", CURRENT, "fired @ weights + KEPT.setdefault(0, drive)"),
    wrong("weights_kept_on_device", "jax_jit_step_host", STEP,
          "import numpy as np\n", f"{NUMPY}\nKEPT = {{}}\n",
          "np.array(weights)", "KEPT.setdefault(0, np.array(weights))"),
    wrong("not_waited_for", "numpy_dense", "changed after the port had returned, first at step",
          NUMPY, f"import threading\nimport time\n\n{NUMPY}",
          RETURN, "    early = np.zeros_like(spikes)\n"
                  "    time.sleep(0.3)  # for as long as a call takes the guard will wait\n"
                  "    threading.Timer(0.1, np.copyto, (early, spikes)).start()\n"
                  + RETURN.replace("spikes", "early")),
    # Compilation in every call.
    wrong("jit_inside", "jax_scan", r"compiled \d+ times in its second call; allowed: 0$",
          '@partial(jax.jit, static_argnames="steps")\ndef lif(',
          "def lif(*a):\n    return jax.jit(lambda *b: body(*b, a[-1]))(*a[:-1])\n\n\ndef body("),
    wrong("njit_inside", "numba_event", r"compiled \d+ times in its second call; allowed: 0$",
          "@njit\ndef lif(", "def lif(*a):\n    return njit(body)(*a)\n\n\ndef body("),
    wrong("program_forgotten", "brian2_cpp", "compiled 1 times in its second call; allowed: 0$",
          "@functools.cache\n", ""),
    wrong("guard_on_a_global", "torch_compile_step",
          "compiled 1 times in its second call; allowed: 0$",
          "import torch\n", "import torch\n\nCALLS = 0\n",
          "v_threshold  #", "v_threshold + 0 * CALLS  #",
          "    spikes =", "    global CALLS\n    CALLS += 1\n    spikes ="),
    # On a GPU. Threads take turns in the simulator, so that a forgotten barrier is seen.
    wrong("cuda_threshold_excluded", "numba_cuda", RUN,
          "fired = voltage[i] >= v_threshold", "fired = voltage[i] > v_threshold"),
    wrong("cuda_reset_forgotten", "numba_cuda", RUN,
          "v_reset if voltage[i] >= v_threshold else after", "after"),
    wrong("cuda_not_waited_for_all", "numba_cuda", RUN,
          "everyone.sync()  # all have appended", "pass"),
    wrong("cuda_counters_not_reset", "numba_cuda", RUN,
          "counts[step] = 0", "pass"),
    wrong("cuda_last_sender_lost", "numba_cuda", RUN,
          "for k in range(total):", "for k in range(total - 1):"),
]  # fmt: skip

# Edits that nothing can tell from the original, so that no test may object to them.
EQUIVALENT = [
    # Who fires is put to v_reset at the end of the step, whatever it was before.
    wrong("reset_once", "numpy_dense", "", RESET + "        current", "        current"),
    # So what a neuron sends to itself arrives while it does not integrate.
    wrong("no_self_connections", "numpy_dense", "",
          "fired @ weights", "fired @ (weights * ~np.eye(len(drive), dtype=bool))"),
]  # fmt: skip
