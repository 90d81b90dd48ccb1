"""The rectifier, the bias, the precision. A few words of a port, and what must be said of them."""

from tests.wrong import wrong

VALUES = r": y differs in .* values, first at example \d+, output \d+: expected .* ulps\)$"

WRONG = [
    wrong("no_rectifier", "torch_compile", VALUES, "torch.relu(x @ weights + bias)",
          "x @ weights + bias"),
    wrong("no_bias", "jax_jit", VALUES, "x @ weights + bias", "x @ weights"),
    wrong("last_feature_lost", "numba_parallel", VALUES,
          "range(x.shape[1])", "range(x.shape[1] - 1)"),
    wrong("half_precision", "numpy_vectorised", r", against float64: y differs in",
          "x @ weights", "x.astype(np.float32) @ weights.astype(np.float32)"),
]  # fmt: skip
