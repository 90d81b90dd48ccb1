"""Gaussian density: constants, signs, halves, triangles, precision."""

from tests.wrong import wrong

# How a difference is named; the density comes first.
DENSITY = (
    r", against float64: density differs in .* values, first at point \d+: expected .* ulps\)$"
)
LOG = r", against float64: log_density differs in .* values, first at point \d+: expected .* nats"

WRONG = [
    # 2 * pi ** (-k/2) for (2 pi) ** (-k/2): what the original tutorial computed.
    wrong("constant_of_the_original", "numpy_cholesky", DENSITY,
          "dims * math.log(2 * math.pi)", "dims * math.log(math.pi) - 2 * math.log(2)"),
    wrong("constant_of_one_dimension", "jax_jit", DENSITY,
          "dims * math.log(2 * math.pi)", "math.log(2 * math.pi)"),
    wrong("half_the_determinant", "torch_eager", DENSITY, "2 * torch.log", "torch.log"),
    wrong("determinant_forgotten", "numpy_inverse", DENSITY, "+ log_determinant ", ""),
    wrong("mean_not_subtracted", "numpy_whiten", DENSITY, "points - mean", "points"),
    wrong("upper_triangle", "jax_whiten", DENSITY, "whitening.T", "whitening"),
    wrong("covariance_not_inverted", "numpy_einsum_optimize", DENSITY,
          "np.linalg.inv(covariance)", "covariance"),
    wrong("diagonal_only", "jax_einsum", DENSITY, "pi,ij,pj->p", "pi,ii,pi->p"),
    wrong("diagonal_of_first", "numba_parallel", DENSITY,
          "/= factor[i, i]", "/= factor[0, 0]"),
    wrong("last_dimension_lost", "numba_njit", DENSITY, "range(i)", "range(i - 1)"),
    wrong("float32_inside", "jax_vmap", DENSITY,
          "point - mean", "(point - mean).astype('float32').astype(mean.dtype)"),
    wrong("log_of_base_2", "scipy_stats", LOG,
          "log_density.astype(points.dtype)\n", "(log_density / np.log(2)).astype(points.dtype)\n"),
    wrong("always_float32", "torch_distributions", "density has dtype float32; expected float64$",
          "torch.exp(log_density)", "torch.exp(log_density).float()"),
    wrong("cuda_upper_triangle", "numba_cuda", DENSITY, "inv(factor).T", "inv(factor)"),
    wrong("cuda_half_of_the_tree", "numba_cuda", DENSITY, "while threads > 1", "while threads > 2"),
]  # fmt: skip
