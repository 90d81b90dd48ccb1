"""Training: what is averaged, what is drawn, which weights a gradient is of, what is counted."""

from tests.wrong import wrong

# How a difference is named; weights come first, so that they show what is wrong with a step.
RUN = r", against float64: {} expected .* ulps\)$".format
WEIGHTS = RUN(r"network\.hidden\.weights differs in .* values, first at feature \d+, unit \d+:")
BIAS = RUN(r"network\.hidden\.bias differs in .* values, first at unit \d+:")
LOSSES = RUN(r"losses differs in .* values, first at epoch \d+:")
ACCURACY = RUN("accuracy differs in 1 of 1 values, first at the only value:")

DESCENT = "value - rate * derivative"

WRONG = [
    # One step.
    wrong("not_averaged", "numpy_by_hand", WEIGHTS, "    d_scores /= len(labels)\n", ""),
    wrong("not_averaged", "torch_eager", WEIGHTS,
          "x), labels)", "x), labels, reduction='sum')"),
    wrong("rate_twice", "numpy_by_hand", WEIGHTS, DESCENT, f"{DESCENT} * rate"),
    wrong("rate_twice", "torch_optim", WEIGHTS, "lr=rate", "lr=rate * rate"),
    wrong("ascent", "torch_eager", WEIGHTS, DESCENT, "value + rate * derivative"),
    wrong("not_shuffled", "numpy_by_hand", WEIGHTS,
          "order[epoch, start : start + batch]", "np.arange(drawn)[start : start + batch]"),
    wrong("labels_not_shuffled", "torch_eager", WEIGHTS,
          "labels[now], rate)", "labels[start : start + len(now)], rate)"),
    wrong("label_not_subtracted", "numpy_by_hand", WEIGHTS,
          "    d_scores[examples, labels] -= 1\n", ""),
    wrong("slope_of_tanh", "numpy_by_hand", WEIGHTS, "activity**2", "activity"),
    wrong("through_new_weights", "numba_by_hand", WEIGHTS,
          "            d_product = d_scores @ output",
          "            descend(output, activity, d_scores, rate)\n"
          "            d_product = d_scores @ output",
          "                    d_product[i, h] *= 1 - activity[i, h] ** 2\n"
          "            descend(output, activity, d_scores, rate)\n",
          "                    d_product[i, h] *= 1 - activity[i, h] ** 2\n"),
    wrong("bias_kept", "sklearn_mlp", BIAS,
          "model.intercepts_, strict", "[layer.bias for layer in network], strict"),
    wrong("decayed", "sklearn_mlp", WEIGHTS, "alpha=0,", "alpha=1e-4,"),
    wrong("slope_in_float32", "numpy_by_hand", WEIGHTS,
          "(1 - activity**2)", "np.float32(1 - activity**2)"),
    # An epoch, and from one step to the next.
    wrong("rest_dropped", "numpy_by_hand", WEIGHTS,
          "range(0, drawn, batch)", "range(0, drawn - batch + 1, batch)"),
    wrong("rest_dropped", "jax_scan_epoch", WEIGHTS, "if full < drawn:", "if full > drawn:"),
    wrong("rest_averaged_over_a_batch", "torch_eager", WEIGHTS,
          "network, loss = step(network, x[now], labels[now], rate)",
          "network, loss = step(network, x[now], labels[now], rate * len(now) / batch)"),
    wrong("shuffled_once", "torch_optim", WEIGHTS, "order[epoch, start", "order[0, start"),
    wrong("stale_network", "numpy_by_hand", WEIGHTS,
          "    for epoch in", "    old = network\n    for epoch in",
          "            network, loss = step(network,",
          "            old, (network, loss) = network, step(old,"),
    wrong("gradient_added_up", "torch_optim", WEIGHTS,
          "            optimizer.zero_grad()\n", ""),
    wrong("momentum", "sklearn_mlp", WEIGHTS, "momentum=0,", "momentum=0.9,"),
    wrong("shuffled_again", "sklearn_mlp", WEIGHTS, "shuffle=False", "shuffle=True"),
    # What is reported.
    wrong("loss_of_the_last_batch", "numpy_by_hand", LOSSES, "losses[epoch] +=",
          "losses[epoch] ="),
    wrong("mean_of_batches", "torch_eager", LOSSES,
          "loss * len(now) / drawn", "loss / -(-drawn // batch)"),
    wrong("accuracy_of_training", "torch_eager", ACCURACY,
          "accuracy_of(network, test)\n", "accuracy_of(network, training)\n"),
    wrong("losses_in_float32", "numpy_by_hand", "losses has dtype float32; expected float64",
          "np.zeros(epochs, training.x.dtype)", "np.zeros(epochs, np.float32)"),
    # Guards.
    wrong("in_place", "torch_optim", "changed an argument of shape",
          "layer.bias.clone()", "layer.bias"),
    wrong("donated_argument", "jax_jit_step_donate", "Array has been deleted",
          "    network = jax.tree.map(jnp.copy, network)\n", "", error=RuntimeError),
]  # fmt: skip
