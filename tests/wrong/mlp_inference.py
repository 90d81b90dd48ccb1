"""Two layers: the rectifier, the biases, the order of the factors, the precision between them."""

from tests.wrong import wrong

VALUES = r": scores differs in .* values, first at example \d+, output \d+: expected .* ulps\)$"
ROUNDED = r", against float64: scores differs in .* values, first at example \d+, output \d+:"

WRONG = [
    wrong("no_rectifier", "torch_eager", VALUES, "torch.relu(", "("),
    wrong("rectified_at_the_end", "torch_nn", VALUES,
          "return linear(activity, output.weights.T, output.bias)",
          "return relu(linear(activity, output.weights.T, output.bias))"),
    wrong("minimum", "jax_jit", VALUES, "jnp.maximum", "jnp.minimum"),
    wrong("no_hidden_bias", "jax_vmap", VALUES, " + hidden.bias", ""),
    wrong("no_output_bias", "numpy_inplace", VALUES, "    scores += output.bias\n", ""),
    wrong("bias_after_rectifier", "numpy_vectorised", VALUES,
          "np.maximum(0, x @ hidden.weights + hidden.bias)",
          "np.maximum(0, x @ hidden.weights) + hidden.bias"),
    wrong("last_unit_lost", "numba_parallel", VALUES,
          "        for h in range(len(activity)):\n            if",
          "        for h in range(len(activity) - 1):\n            if"),
    wrong("transposed", "jax_einsum", r"scores has shape \(5, 37\); expected \(37, 5\) \(tr",
          '"ih,ho->io", activity, output.weights) + output.bias',
          '"ih,ho->oi", activity, output.weights) + output.bias[:, None]'),
    wrong("float32_product", "torch_compile", ROUNDED,
          "x @ hidden.weights +", "(x.float() @ hidden.weights.float()).to(x.dtype) +"),
]  # fmt: skip
