"""Predators and prey: the model, the order of a step, what is recorded."""

from tests.wrong import wrong

PATH = (
    r": path differs in .* values, first at step \d+, population [01]: expected .* thousands, got"
)
STATE = r": state differs in .* values, first at population [01]: expected .* thousands, got"

WRONG = [
    wrong("prey_first", "numpy_loop", PATH,  # the semi-implicit step: predators eat the new prey
          "        fed =", "        prey = prey + dt * born\n        fed =",
          "prey + dt * born, predators", "prey, predators"),
    wrong("nobody_eaten", "jax_fori", PATH, " - beta * prey * predators", ""),
    wrong("delta_for_beta", "jax_scan", PATH, "beta * prey", "delta * prey"),
    wrong("deaths_by_prey", "torch_eager", PATH, "gamma * predators", "gamma * prey"),
    wrong("dt_forgotten", "numba_factored", PATH, "dt * gamma", "gamma"),
    wrong("recorded_before", "numba_njit", PATH,
          "path[step, 0], path[step, 1]", "path[step - 1, 0], path[step - 1, 1]"),
    wrong("one_step_more", "diffrax_euler", r"path has shape \(201, 2\); expected \(200, 2\)$",
          "t1=float(steps)", "t1=float(steps + 1)", "max_steps=steps", "max_steps=steps + 1"),
    wrong("first_state", "jax_scan_unroll4", STATE,
          "return path, jnp.stack(state)", "return path, path[0]"),
    wrong("rounded", "numpy_loop", PATH,
          "predators + dt * fed", "predators + np.float32(dt * fed)"),
    wrong("cuda_prey_first", "numba_cuda", PATH,
          "        fed =", "        prey = prey + dt * born\n        fed =",
          "prey + dt * born, predators", "prey, predators"),
]  # fmt: skip
