"""Gaussian mixture: the E-step, the M-step, the means of the covariance, convergence, precision."""

from tests.wrong import wrong

# How a difference is named; weights come first, then means, covariances, the log-likelihood.
CLASS = r", against float64: mixture\.weights differs in .* values, first at class \d+: expected .* ulps\)$"
LIKELIHOOD = (
    r", against float64: log_likelihood differs in .* values, "
    r"first at iteration \d+: expected .* nats, got .* nats"
)

WRONG = [
    wrong("old_means_in_covariance", "jax_jit_step", CLASS,
          "    deviations = points.T - means[:, :, None]  # (classes, dims, points)\n    scatter",
          "    scatter"),
    wrong("old_means_in_covariance", "numba_njit", CLASS, " - shift[a] * shift[b]", ""),
    wrong("weights_forgotten", "numpy_loop", CLASS, "np.log(weights[k]) - np", "0 - np"),
    wrong("determinant_twice", "numpy_einsum_optimize", CLASS, "2 * np.log(np", "4 * np.log(np"),
    wrong("determinant_forgotten", "torch_eager", CLASS, " + log_determinants", ""),
    wrong("half_forgotten", "jax_vmap_step", CLASS, "return -0.5 * (", "return -1.0 * ("),
    wrong("last_block_lost", "numba_parallel", CLASS,
          "len(blocks) // CHUNKS)", "len(blocks) // CHUNKS - chunk // 31)"),
    wrong("padding_counted", "numba_parallel", CLASS, "= 0.0, 1.0, 0.0", "= 0.0, 1.0, 1.0"),
    wrong("lower_triangle_as_it_is", "numba_parallel", CLASS, "range(a):", "range(a - 1):"),
    wrong("means_of_all", "numpy_loop", CLASS,
          "points / counts[:, None]", "points / len(points)"),
    wrong("constant_forgotten", "jax_while", LIKELIHOOD, "dims * math.log(2 * math.pi)", "0"),
    wrong("last_point_not_counted", "jax_eager", LIKELIHOOD,
          "log_density.mean()", "log_density[:-1].mean()"),
    wrong("never_converged", "jax_while", CLASS, "change < tolerance", "change < 0"),
    wrong("an_iteration_early", "numpy_einsum_optimize", CLASS, "< tolerance", "< 2 * tolerance"),
    wrong("regularised", "sklearn_em", CLASS, "reg_covar=0", "reg_covar=1e-6"),
    wrong("mixture_as_tuple_of_two", "numpy_loop",
          r"returns tuple\(tuple\(array, array\), array\); expected tuple\(Mixture\(array, ",
          "return Mixture(weights, means, covariances), log", "return (weights, means), log"),
    wrong("cuda_old_means_in_covariance", "numba_cuda", CLASS,
          "product -= shift * of_class[size * (1 + b)] / count", "pass"),
    wrong("cuda_readers_not_waited_for", "numba_cuda", "math domain error",
          "cuda.syncthreads()  # all have read the tile", "pass", error=ValueError),
    wrong("cuda_last_block_lost", "numba_cuda", CLASS,
          "for block in range(len(sums))", "for block in range(len(sums) - 1)"),
    wrong("cuda_never_converged", "numba_cuda", CLASS, "change < tolerance", "change < 0"),
]  # fmt: skip
