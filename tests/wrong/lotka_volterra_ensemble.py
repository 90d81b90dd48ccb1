"""Ensembles of predators and prey: runs mixed up or lost, the order of a step."""

from tests.wrong import wrong

STATE = (
    r": state differs in .* values, first at population [01], run \d+: expected .* thousands, got"
)

WRONG = [
    wrong("prey_first", "numba_blocks", STATE, "raised[i] * before", "raised[i] * prey[i]"),
    wrong("rates_of_first_run", "numba_njit", STATE, "alpha[run]", "alpha[0]"),
    wrong("last_block_lost", "numba_parallel", STATE,
          "(runs + BLOCK - 1) // BLOCK", "runs // BLOCK"),
    wrong("last_steps_lost", "numba_registers", STATE, "range(steps % STEPS)", "range(0)"),
    wrong("last_steps_lost", "torch_compile_chunk", STATE,
          "if steps % STEPS:", "if steps < STEPS:"),
    wrong("delta_for_beta", "jax_vmap", STATE, "beta * prey", "delta * prey"),
    wrong("runs_reversed", "diffrax_euler", STATE, ")(state, param", ")(state[:, ::-1], param"),
    wrong("runs_in_front", "jax_vmap",
          r": state has shape \(150, 2\); expected \(2, 150\) \(tr", "out_axes=1", "out_axes=0"),
    wrong("one_step_more", "torch_eager", STATE, "range(steps)", "range(steps + 1)"),
]  # fmt: skip
