"""Training through time: the spikes, what is held in the gradient, where it begins and ends."""

from tests.wrong import wrong

SPIKES = r": spikes differs in .* values, first at step \d+, example \d+, neuron \d+: expected"
LOSS = r": loss differs in 1 of 1 values, first at the only value: expected .* ulps\)$"
WEIGHTS = r": gradient\.weights differs in .* values, first at input \d+, neuron \d+: expected"
DRIVE = r": gradient\.drive differs in .* values, first at neuron \d+: expected .* ulps\)$"
ROUNDED = r", against float64: gradient\.weights differs in .* values, first at input \d+, neuron"

WRONG = [
    # Forward.
    wrong("fires_at_threshold", "numpy_by_hand", SPIKES,
          "above[step] > 0, 0", "above[step] >= 0, 0", "spikes = above > 0", "spikes = above >= 0"),
    wrong("never_reset", "jax_by_hand", SPIKES,
          "        voltage = jnp.where(above > 0, 0, voltage)\n", ""),
    wrong("reset_by_subtraction", "snntorch_leaky", SPIKES,
          'reset_mechanism="zero"', 'reset_mechanism="subtract"'),
    wrong("input_lost_after_a_spike", "torch_function", SPIKES,
          "decay * voltage + now", "torch.where(voltage == 0, 0, decay * voltage + now)"),
    wrong("drive_forgotten", "jax_scan", SPIKES, "x @ weights + drive", "x @ weights"),
    wrong("last_rows_lost", "numba_parallel_event", SPIKES,
          "range(alone, len(senders), 4)", "range(alone, len(senders) - 4, 4)"),
    wrong("chunk_starts_at_rest", "torch_compile_chunk", SPIKES,
          "voltage, fired = steps_of(voltage,", "_, fired = steps_of(voltage,"),
    wrong("not_halved", "torch_function", LOSS, "torch.sum(error**2) / 2", "torch.sum(error**2)"),
    wrong("spikes_as_numbers", "torch_function", "spikes has dtype float64; expected bool$",
          "spikes.detach() > 0", "spikes.detach()"),
    # Backward.
    wrong("through_the_reset", "jax_scan", WEIGHTS,
          "            voltage = jnp.where(above > 0, 0, voltage)\n"
          "            return voltage, spike(above, slope, surrogate)\n",
          "            fired = spike(above, slope, surrogate)\n"
          "            return (1 - fired) * voltage, fired\n"),
    wrong("not_through_time", "numpy_by_hand", WEIGHTS,
          "by_current[step] + decay * np.where(spikes[step], 0, gradient)", "by_current[step]"),
    wrong("past_the_spike", "numpy_by_hand", WEIGHTS,
          "np.where(spikes[step], 0, gradient)", "gradient"),
    wrong("reset_a_step_late", "numpy_by_hand", WEIGHTS,
          "np.where(spikes[step], 0", "np.where(spikes[step - 1], 0"),
    wrong("no_decay_back", "jax_by_hand", WEIGHTS, "by_current + decay *", "by_current +"),
    wrong("detached_at_chunks", "jax_checkpoint", WEIGHTS,
          "            voltage, count = carry\n",
          "            voltage, count = jax.lax.stop_gradient(carry[0]), carry[1]\n"),
    wrong("straight_through", "torch_function", WEIGHTS,
          "gradient * derivative(above, slope, ctx.surrogate)", "gradient"),
    wrong("of_the_potential", "snntorch_leaky", WEIGHTS,
          "lambda above, gradient, _: gradient *", "lambda above, gradient, _: above * gradient *"),
    wrong("sign_of_the_error", "jax_by_hand", WEIGHTS,
          "by_current = error *", "by_current = -error *"),
    wrong("mean_over_all", "numpy_by_hand", DRIVE,
          "by_current.sum(axis=0)", "by_current.mean(axis=0)"),
    # What dyadic inputs cannot see: their surrogate is the boxcar.
    wrong("not_squared", "numpy_by_hand", ROUNDED,
          "error * derivative(above, slope, surrogate)",
          "error * np.sqrt(derivative(above, slope, surrogate))"),
    wrong("float32_surrogate", "torch_function", ROUNDED,
          "gradient * derivative(above,", "gradient * derivative(above.float(),"),
]  # fmt: skip
