"""Per-example gradients: summed over the batch, links of the chain forgotten, labels mixed up."""

from tests.wrong import wrong


def differs(name: str) -> str:
    return rf", against float64: {name} differs in .* values, first at example \d+, .*: expected"


BATCH = r"hidden\.weights has shape \(13, 23\); expected \(37, 13, 23\)$"

WRONG = [
    wrong("summed", "jax_vmap_grad", BATCH,
          "return gradients((hidden, output), x, labels)",
          "return jax.tree.map(lambda g: g.sum(0), gradients((hidden, output), x, labels))"),
    wrong("summed", "numpy_by_hand", BATCH, '"if,ih->ifh"', '"if,ih->fh"'),
    wrong("mean_of_the_batch", "torch_by_hand", differs(r"hidden\.weights"),
          "labels.long()] -= 1\n", "labels.long()] -= 1\n    error = error / len(labels)\n"),
    wrong("tanh_not_differentiated", "numpy_by_hand", differs(r"hidden\.weights"),
          " * (1 - activity**2)", ""),
    wrong("tanh_not_squared", "numba_by_hand", differs(r"hidden\.weights"),
          "activity[i, h] ** 2", "activity[i, h]"),
    wrong("label_forgotten", "numpy_by_hand", differs(r"hidden\.weights"),
          "labels] -= 1", "labels] -= 0"),
    wrong("label_added", "jax_by_hand", differs(r"hidden\.weights"), ".add(-1)", ".add(1)"),
    wrong("labels_of_neighbours", "jax_loop_grad", differs(r"hidden\.weights"),
          "zip(x, labels,", "zip(x, jnp.roll(labels, 1),"),
    wrong("not_normalised", "numba_by_hand", differs(r"hidden\.weights"),
          "error[i, c] /= total", "error[i, c] /= 1"),
    wrong("bias_not_used", "torch_vmap_grad", differs(r"hidden\.weights"), " + hidden.bias", ""),
    wrong("output_bias_not_used", "torch_vmap_grad", differs(r"hidden\.weights"),
          " + output.bias", ""),
    wrong("label_of_the_first", "numba_parallel", differs(r"hidden\.weights"),
          "labels[i]] -= 1", "labels[0]] -= 1"),
    wrong("bias_missing", "numpy_by_hand",
          r"returns tuple\(tuple\(array\), Layer\(array, array\)\); expected tuple\(Layer\(",
          "Layer(np.einsum(\"if,ih->ifh\", x, back), back),",
          "(np.einsum(\"if,ih->ifh\", x, back),),"),
    wrong("float32_tanh", "numpy_by_hand", differs(r"hidden\.weights"),
          "np.tanh(x @ hidden.weights + hidden.bias)",
          "np.tanh((x @ hidden.weights + hidden.bias).astype(np.float32)).astype(x.dtype)"),
]  # fmt: skip
