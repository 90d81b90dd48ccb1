"""Softmax regression: what is divided by what, along which axis, and what overflows."""

from tests.wrong import wrong

PROBABILITIES = r": probabilities differs in .* values, first at point \d+, class \d+: expected"
OVERFLOWN = r": probabilities differs in .* values, first at point 0, class \d+: expected .*got nan"
LOSS = r": loss differs in 1 of 1 values, first at the only value: expected"

WRONG = [
    wrong("not_shifted", "jax_jit", OVERFLOWN,
          "logits - logits.max(axis=1, keepdims=True)", "logits"),
    wrong("not_shifted", "torch_eager", OVERFLOWN,
          "logits - logits.amax(dim=1, keepdim=True)", "logits"),
    wrong("log_of_probability", "jax_vmap", LOSS + r" .*, got inf",
          "jnp.log(total) - shifted[label]", "-jnp.log(exponentials[label] / total)"),
    wrong("axis_of_points", "torch_nn", PROBABILITIES, "dim=1", "dim=0"),
    wrong("bias_forgotten", "numba_njit", PROBABILITIES, "x @ weights + bias", "x @ weights"),
    wrong("class_lost", "numba_parallel", PROBABILITIES,
          "logits[i].max()", "logits[i, 1:].max()", "= logits[i, labels[i]] - largest",
          "= logits[i, labels[i]] - largest; logits[i, 0] = largest - 1000"),
    wrong("sum_not_mean", "scipy_special", LOSS, "np.mean", "np.sum"),
    wrong("sign_of_loss", "scipy_special", LOSS, "-np.mean", "np.mean"),
    wrong("labels_of_neighbours", "numpy_classes_first", LOSS, "shifted[labels,",
          "shifted[np.roll(labels, 1),"),
    wrong("loss_of_largest", "jax_classes_first", LOSS, "jnp.log(total) - correct",
          "jnp.log(total)"),
    wrong("float32_exp", "numpy_classes_first", PROBABILITIES,
          "np.exp(shifted)", "np.exp(shifted.astype(np.float32)).astype(x.dtype)"),
    wrong("classes_in_front", "jax_classes_first",
          r"probabilities has shape \(5, 300\); expected \(300, 5\) \(tr",
          "probabilities.T, loss", "probabilities, loss"),
]  # fmt: skip
