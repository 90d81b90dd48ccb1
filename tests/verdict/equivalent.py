"""Changes that are no mistakes: the function computes the same, on any inputs of its kind.

By function and changed line. Where the verdict convicts one of them nevertheless, it is counted as
caught, and `python -m tests.verdict --every` says that it is no longer true.
"""

OVERWRITTEN = "every value is written before it is read"
EXACT = "whole numbers, which float32 has"
TURN = "the turn that is added or lost does nothing"
CANCELS = "cancels in a difference"
CONVERGED = "further turns change nothing"
ANY_PIVOT = "any order of the rows gives the same solution"
NOT_READ = "what is added is never read"
SQUARED = "its effect is of second order: below what float64 has"

EQUIVALENT = {
    ("moving_average", "total = np.cumsum(np.concatenate([[0.01], padded]))"): CANCELS,
    ("exponential_smoothing", "level = np.ones_like(x)"): OVERWRITTEN,
    ("recursive_filter", "if True:"): "y is still 0 where the index is negative",
    ("recursive_filter", "if n + k >= 0:"): "y is still 0 where the index is negative",
    ("recursive_filter", "if n - k >= (-1):"): "y is still 0 where the index is negative",
    ("autocorrelation",
     "result[lag] = np.dot(centred[lag:], centred[: len(x) - lag])"): "a product of vectors",
    ("autocorrelation", "result = np.ones(lags)"): OVERWRITTEN,
    ("zero_crossing_rate", "signs = np.where(x >= 0, 2, -1)"): "only whether they differ matters",
    ("zero_crossing_rate", "signs = np.where(x >= 0, 0, -1)"): "only whether they differ matters",
    ("zero_crossing_rate", "signs = np.where(x >= 0, 1, -2)"): "only whether they differ matters",
    ("zero_crossing_rate", "signs = np.where(x >= 0, 1, -0)"): "only whether they differ matters",
    ("zero_crossing_rate", "signs = np.where(x >= 0, 1, -1).astype(np.float32)"): EXACT,
    ("zero_crossing_rate", "crossed = np.abs(np.diff(signs).astype(np.float32)) > 0"): EXACT,
    ("zero_crossing_rate", "crossed = np.abs(np.diff(signs)).astype(np.float32) > 0"): EXACT,
    ("zero_crossing_rate", "crossed = np.abs(np.diff(signs)) > 1"): "the difference is 0 or 2",
    ("spectrogram", "power = np.ones((frames, window // 2 + 1))"): OVERWRITTEN,
    ("spectrogram", "return power / (taper**2)[:-1].sum()"): "the last of the taper is 0",
    ("spectrogram", "return power / (taper**2).sum(dtype=np.float32)"): "the sum is 5.625",
    ("linear_regression", "sx = x - np.mean(x, dtype=np.float32)"): SQUARED,
    ("linear_regression", "sy = y + np.mean(y)"): CANCELS,
    ("linear_regression", "sy = y - np.sum(y)"): CANCELS,
    ("linear_regression", "sy = y - np.mean((y)[:-1])"): CANCELS,
    ("linear_regression", "sy = y - np.mean(y, dtype=np.float32)"): CANCELS,
    ("kendall", "for i in range(len(x) - 1):"): TURN,
    ("kendall", "for j in range(i + 0, len(x)):"): "a point and itself are a draw",
    ("average_ranks", "i = (-1)"): TURN,
    ("average_ranks", "while i <= len(x):"): TURN,
    ("average_ranks", "ranks[order[i : j + 2]] = 0.5 * (i + j) + 1.0"): OVERWRITTEN,
    ("roc_area",
     "wins = (positive[:, None] > negative[None, :]).sum(dtype=np.float32)"): EXACT,
    ("roc_area",
     "draws = (positive[:, None] == negative[None, :]).sum(dtype=np.float32)"): EXACT,
    ("nearest_neighbour", "nearest = np.ones(len(queries), dtype=int)"): OVERWRITTEN,
    ("nearest_neighbour", "away = np.ones(len(queries))"): OVERWRITTEN,
    ("reflect_and_clip",
     "return np.where(facing[:, None] <= 0, bounced, rays), np.clip(facing, -bias, bias)"):
    "what grazes is not changed by its reflection",
    ("periodic_distances", "result = np.ones(len(x) * (len(x) - 1) // 2)"): OVERWRITTEN,
    ("periodic_distances", "for i in range(len(x) + 1):"): TURN,
    ("periodic_distances", "for i in range(len(x) - 0):"): TURN,
    ("periodic_distances", "d -= box * np.round(d / box).astype(np.float32)"): EXACT,
    ("sobel", "p = image[i - 1 : i + 3, j - 1 : j + 2]"): NOT_READ,
    ("sobel", "p = image[i - 1 : i + 2, j - 1 : j + 3]"): NOT_READ,
    ("bilinear", "i = np.floor(rows).astype(np.float32).astype(int)"): EXACT,
    ("bilinear", "j = np.floor(columns).astype(np.float32).astype(int)"): EXACT,
    ("equalise", "histogram = np.bincount(image.ravel(), minlength=257)"): NOT_READ,
    ("pool", "result = np.ones((rows, columns))"): OVERWRITTEN,
    ("game_of_life", "near = np.zeros_like(board, dtype=np.float32)"): EXACT,
    ("upwind_limited",
     "slope = np.where(left / right > 0, np.minimum(np.abs(left), np.abs(right)), 0.0)"):
    "quotients have the signs of products",
    ("upwind_limited",
     "slope = np.where(left * right >= 0, np.minimum(np.abs(left), np.abs(right)), 0.0)"):
    "the smaller is 0 there",
    ("upwind_limited", "slope /= np.sign(left)"): "a sign is its own inverse",
    ("upwind_limited", "slope *= np.sign(left).astype(np.float32)"): EXACT,
    ("van_der_pol", "path = np.ones((steps + 1, 2))"): OVERWRITTEN,
    ("leapfrog", "if True:"): "a body does not pull at itself",
    ("ising_energy", "right = np.roll(spins, -1, axis=1).astype(np.float32)"): EXACT,
    ("ising_energy", "down = np.roll(spins, -1, axis=0).astype(np.float32)"): EXACT,
    ("ising_energy", "flips = 2 / spins * (coupling * (right + down + np.roll(spins, 1, 0)"
     " + np.roll(spins, 1, 1)))"): "a sign is its own inverse",
    ("ising_energy", "flips = 2 * spins * (coupling * (right + down + np.roll(spins, 1, 0)"
     ".astype(np.float32) + np.roll(spins, 1, 1)))"): EXACT,
    ("ising_energy", "flips = 2 * spins * (coupling * (right + down + np.roll(spins, 1, 0)"
     " + np.roll(spins, 1, 1).astype(np.float32)))"): EXACT,
    ("ising_energy", "return -coupling * bonds.sum() - field * spins.sum(dtype=np.float32), "
     "np.exp(-np.maximum(flips, 0.0))"): EXACT,
    ("kepler", "for _ in range(1, 20):"): CONVERGED,
    ("kepler", "for _ in range(21):"): CONVERGED,
    ("kepler", "for _ in range(19):"): CONVERGED,
    ("black_scholes", "d1 = (np.log(spot / strike) + (rate + 0.50000000005 * volatility**2)"
     " * years) / spread"): SQUARED,
    ("american_put", "prices = spot * up ** (2 * np.arange(steps + 2) - steps)"): NOT_READ,
    ("american_put", "return value[(-1)]"): "one value is left",
    ("drawdown", "depth = np.ones(len(prices))"): OVERWRITTEN,
    ("drawdown", "for i in range(1, len(prices)):"): TURN,
    ("amortisation", "left = np.ones(months)"): OVERWRITTEN,
    ("internal_rate",
     "value = np.mean(flows / (1 + middle) ** np.arange(len(flows)))"): "only the sign matters",
    ("internal_rate", "value = np.sum(flows / (1 + middle) ** np.arange(len(flows))"
     ".astype(np.float32))"): EXACT,
    ("gauss_elimination", "for k in range(n - 0):"): TURN,
    ("gauss_elimination", "if True:"): "a row exchanged with itself",
    ("gauss_elimination", "x = np.ones(n)"): OVERWRITTEN,
    ("gauss_elimination", "p = k + np.argmin(np.abs(a[k:, k]))"): ANY_PIVOT,
    ("gauss_elimination", "p = k + np.argmax(np.abs(a[k + 1:, k]))"): ANY_PIVOT,
    ("gauss_elimination", "p = k + np.argmax(np.abs(a[k:-1, k]))"): ANY_PIVOT,
    ("gauss_elimination", "p = k + np.argmax(np.abs(a[k:, k]).astype(np.float32))"): ANY_PIVOT,
    ("gauss_elimination", "if p == k:"): ANY_PIVOT,
    ("gram_schmidt", "q = np.ones_like(a)"): OVERWRITTEN,
    ("kernel_density", "inside = np.abs(u) < 2.0"): "where the kernel ends it is 0",
    ("kernel_density", "inside = np.abs(u) <= 2.0000000002"): SQUARED,
    ("kernel_density", "inside = np.abs(u).astype(np.float32) <= 2.0"): "where it ends it is 0",
    ("chebyshev", "b1 = np.zeros_like(x, dtype=np.float32)"): "zeros, and never added to",
    ("chebyshev", "b2 = np.zeros_like(x, dtype=np.float32)"): "zeros, and never added to",
    ("romberg", "x = np.linspace(0.0, 1.0, 2**i + 1).astype(np.float32)"): "powers of two",
    ("romberg", "x = np.linspace(1.0, 0.0, 2**i + 1)"): "the sum from the other end",
    ("shortest_paths", "d = np.minimum(d, d[:, None, k] + d[None, k, :])"): "the same view",
    ("shortest_paths", "d = np.minimum(d, d[:, k, None] + d[k, None, :])"): "the same view",
    ("k_means",
     "d = ((points[:, None, :] - centres[None, :, :]) ** 2).mean(axis=2)"): "the same order",
    ("k_means", "if np.any(label == c).astype(np.float32):"): EXACT,
    ("binned_means", "return total / np.maximum(count, 1).astype(np.float32), count"): EXACT,
    ("clip_gradient_in_place", "if norm >= limit:"): "the factor is 1 there",
    ("kalman", "estimates = np.ones((len(measured), 2))"): OVERWRITTEN,
}  # fmt: skip
