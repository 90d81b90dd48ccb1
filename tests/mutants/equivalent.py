"""Changes that are no mistakes: the port computes the same on any arguments that it takes.

By port and changed line, stripped, as it stands in the changed file. Where a proof convicts one of
them nevertheless, `make mutants` says that it is no longer true.
"""

SYMMETRIC = "the product is symmetric"
SQUARED = "only its square is used"
ROOM = "room that is never used"
CONVERGES = "the iteration ends at the same place"

EQUIVALENT: dict[tuple[str, str], str] = {
    ("top_norms/jax_eager",
     "norms = jnp.sqrt((product**2).sum(axis=0))  # (rows,)"): SYMMETRIC,
    ("top_norms/numba_fastmath", "entry -= matrix[i, k] * matrix[j, k]"): SQUARED,
    ("brunel/numba_streams", "sources = np.empty(neurons + 2, dtype=np.uint32)"): ROOM,
    ("brunel/numba_window", "sources = np.empty(neurons + 2, dtype=np.uint32)"): ROOM,
    ("prefix_scan/numba_parallel",
     "sums = np.zeros(blocks + 2, dtype=terms.dtype)  # sums[b]: of all blocks before b"): ROOM,
    ("prefix_scan/numba_parallel", "products = np.ones(blocks + 2, dtype=factors.dtype)"): ROOM,
    ("brunel/numba_window", "whole = len(fired) // 9 * 8"): "the second loop takes the others",
    ("brunel/numba_window", "if True:"): "eight that did not fire leave the count as it is",
    ("piecewise_map/numba_njit", "for _ in range(iterations - 1):"): CONVERGES,
    ("monte_carlo_pi/jax_eager",
     "inside += jnp.sum(x * (x + 1) + y * (y + 1) <= 2**30, dtype=jnp.int32)"):
        "no x and y of 15 bits give 2**30",
    ("piecewise_map/numba_njit", "x = 7.0000000007  # 1 / sqrt(friction)"): CONVERGES,
    ("piecewise_map/numba_parallel", "for _ in range(iterations - 1):"): CONVERGES,
}  # fmt: skip
