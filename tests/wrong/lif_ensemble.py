"""Ensembles: trials mixed up or lost, counts and rasters that do not belong together."""

from tests.wrong import wrong

# How a difference is named; spikes come first, then the counts, then the voltage.
SPIKES = r"spikes differs in .* values, first at trial \d+, step \d+, neuron \d+: expected"
COUNT = r": spike_count differs in .* values, first at trial \d+, neuron \d+: expected \d+, got \d+"
VOLTAGE = r": state\.voltage differs in .* values, first at trial \d+, neuron \d+: expected .* mV"

WRONG = [
    wrong("threshold_excluded", "numpy_vectorised", SPIKES, ">= v_threshold", "> v_threshold"),
    wrong("drive_of_first_trial", "numpy_loop", SPIKES, "+ drive[trial]", "+ drive[0]"),
    wrong("start_of_first_trial", "numpy_loop", SPIKES, "state.voltage[trial]", "state.voltage[0]"),
    wrong("transposed", "jax_einsum", SPIKES, "ti,ij->tj", "ti,ji->tj"),
    wrong("trials_coupled", "torch_eager", SPIKES,
          "fired.to(weights.dtype)", "fired.any(dim=0, keepdim=True).to(weights.dtype)"),
    wrong("state_handed_on", "numba_event", SPIKES,
          "voltages[trial]", "voltages[max(0, trial - 1)]"),
    wrong("drives_reversed", "jax_vmap", SPIKES,
          "simulate_all(weights, drive,", "simulate_all(weights, drive[::-1],"),
    wrong("sharded_threshold_excluded", "jax_sharded", SPIKES, ">= v_threshold", "> v_threshold"),
    wrong("sharded_rotated", "jax_sharded", SPIKES, "x[:trials]", "jnp.roll(x, 1, axis=0)"),
    wrong("distributed_drives_reversed", "torch_distributed", SPIKES,
          "for x in (drive,", "for x in (drive.flip(0),"),
    wrong("distributed_count_as_int64", "torch_distributed",
          "spike_count has dtype int64; expected int32$", "torch.int32", "torch.int64"),
    wrong("count_of_last_step", "torch_eager", COUNT,
          "spike_count += fired", "spike_count = fired.to(torch.int32)"),
    wrong("count_as_int64", "numpy_vectorised", "spike_count has dtype int64; expected int32$",
          "dtype=np.int32", "dtype=np.int64"),
    wrong("count_without_first", "numba_parallel", COUNT,
          "spike_count[trial, pre] += 1", "spike_count[trial, pre] += step > 100"),
    wrong("reset_forgotten", "numba_parallel_fused", SPIKES,
          "v_reset if before >= v_threshold else after", "after"),
    wrong("drive_of_first_trial", "jax_pallas", SPIKES, "drive.at[trial, n]", "drive.at[0, n]"),
    wrong("counted_before_the_first", "jax_pallas", COUNT,
          "count + fired", "count + fired * (i > 0)"),
    wrong("last_four_lost", "numba_parallel_fused", SPIKES,
          "range(alone, len(senders), 4)", "range(alone, len(senders) - 4, 4)"),
    wrong("raster_not_cleared", "numba_parallel_fused", SPIKES,
          "spikes[step] = False", "spikes[step] = step > 0"),
    wrong("counted_before_the_first", "numba_parallel_fused", COUNT,
          "spike_count[sender] += 1", "spike_count[sender] += step > 0"),
    wrong("steps_in_front", "jax_einsum",
          r"spikes has shape \(300, 5, 48\); expected \(5, 300, 48\)$",
          "spikes.swapaxes(0, 1) if raster", "spikes if raster"),
    wrong("voltage_of_last_trial", "numpy_loop", VOLTAGE,
          "voltages[trial] = voltage", "voltages[:] = voltage"),
    wrong("raster_forgotten", "numpy_vectorised", SPIKES,
          "spikes[:, step] = fired", "spikes[:] = 0"),
    wrong("cuda_drive_of_first_trial", "numba_cuda", SPIKES, "drive[trial, i]", "drive[0, i]"),
    wrong("cuda_reset_forgotten", "numba_cuda", SPIKES, "voltage[i] = v_reset", "pass"),
    wrong("cuda_not_waited_for_all", "numba_cuda", SPIKES,
          "cuda.syncthreads()  # all have appended", "pass"),
    wrong("cuda_not_waited_for_sorting", "numba_cuda", SPIKES,
          "cuda.syncthreads()  # all have sorted", "pass"),
    wrong("cuda_count_without_first", "numba_cuda", COUNT,
          "spike_count[trial, i] += 1", "spike_count[trial, i] += step > 100"),
]  # fmt: skip
