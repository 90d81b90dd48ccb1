"""Predators and prey until prey stop rising: which step is the last, what is counted."""

from tests.wrong import wrong

STATE = r": state differs in .* values, first at population [01]: expected .* thousands, got"
COUNT = r": count differs in 1 of 1 values, first at the only value: expected \d+, got \d+"

WRONG = [
    wrong("one_step_more", "numba_njit", STATE, "count < max_steps and beta * predators < alpha",
          "count == 0 or count < max_steps and beta * (predators - dt * fed) < alpha",
          "    count = 0\n", "    count, fed = 0, state[0] * 0\n"),
    wrong("never_ends", "numpy_loop", STATE, " and beta * predators < alpha", ""),
    wrong("prey_in_the_condition", "torch_eager", STATE,
          "beta * predators < alpha:", "beta * prey < alpha:"),
    wrong("until_predators_rise", "jax_while", STATE,
          "(beta * predators < alpha)", "(beta * predators < alpha / 2)"),
    wrong("prey_not_masked", "jax_fori_masked", STATE,
          "jnp.where(rising, prey + dt * born, prey)", "prey + dt * born"),
    wrong("count_not_masked", "jax_fori_masked", COUNT, "count + rising", "count + 1"),
    wrong("counted_in_fours", "jax_while_masked", COUNT, "count + rising", "count + 1"),
    wrong("count_from_one", "jax_jit_step", COUNT, "count = 0", "count = 1"),
    wrong("state_before_the_last", "jax_jit_step", STATE,
          "        state, rising = euler(state, parameters)\n",
          "        before = state\n        state, rising = euler(state, parameters)\n",
          "return state, jnp.int32", "return before, jnp.int32"),
    wrong("count_as_int64", "numpy_loop", "count has dtype int64; expected int32$",
          "np.int32", "np.int64"),
    wrong("nobody_eaten", "torch_while", STATE, " - beta * prey * predators", ""),
    wrong("dt_forgotten", "numba_factored", STATE, "dt * delta", "delta"),
    wrong("in_float32", "numpy_loop", STATE,
          "predators + dt * fed", "predators + np.float32(dt * fed)"),
    wrong("event_on_falling_predators", "diffrax_euler", STATE,
          "[1] >= parameters", "[1] < parameters"),
]  # fmt: skip
