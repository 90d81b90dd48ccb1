"""The rows of three matrices of bytes, interleaved into one matrix.

    result[3 i + k, j] = matrix_k[i, j],       k = 0, 1, 2 for first, second, third

`first`, `second` and `third` are (rows, columns) int8 and the result is (3 rows, columns) int8:
first[0], second[0], third[0], first[1], ... Nothing is computed, bytes are moved: each is read once
and written once. What a port costs beyond that are copies that it makes and memory it asks for.

Source: the tutorial's `interleave_concat`, which fills zeros by three `.at[k::3].set(...)` under
jit. Whether such an update is in place depends on whose buffer it updates, so there is a port with
donation and one without. A port may donate only a buffer that it has made itself, because the
caller keeps the arguments; and it must make a new one in each call, because the caller keeps the
result. A buffer kept for the next call would be faster, and would change results already returned.

A result above 32 MB is mapped by glibc at every call, and the system fills its pages with zeros
when they are first touched; one below is memory that the last call has freed. So size `large` stays
below, where moving bytes is what is measured, and size `mapped` is above.

Left out: `vmap` and `einsum` (there is no arithmetic to be batched or summed). All values are
exact, so dyadic inputs are the general ones.
"""

import numpy as np
from portstudy import Array, Exact, Kernel, Work, fits, moved


def make_inputs(rng: np.random.Generator, *, rows: int, columns: int) -> tuple:
    """Three matrices of bytes, whatever the dtype."""
    return tuple(rng.integers(-128, 128, (rows, columns), dtype=np.int8) for _ in range(3))


def check(*matrices: np.ndarray) -> None:
    """A result that fits into memory."""
    rows, columns = matrices[0].shape
    fits("first: a result of (3 rows, columns)", (3 * rows, columns), 1)


def alive(arguments: tuple, result: np.ndarray) -> None:
    """Matrices that are alike, or rows that are, could be mixed up unseen."""
    assert len(np.unique(result)) > 1, "all values are alike: no row could be told from another"
    for row in range(1, len(result)):
        if (result[row] != result[row - 1]).any():
            continue
        raise AssertionError(f"rows {row - 1} and {row} of the result are alike")


def work(arguments: tuple, outputs: tuple) -> Work:
    """Every byte is read once and written once."""
    return Work((moved(arguments, outputs),))


BYTES = Array("rows", "columns", dtype=np.int8)

interleave_rows = Kernel(
    arguments={
        "first": BYTES,
        "second": BYTES,
        "third": BYTES,
    },
    inputs=make_inputs,
    dyadic=make_inputs,
    outputs={"result": Exact("row", "column")},
    sizes={
        "small": dict(rows=10_000, columns=128),
        "large": dict(rows=80_000, columns=128),  # 31 MB in, 31 MB out
        "mapped": dict(rows=100_000, columns=128),  # 38 MB out: every call pays for its pages
        "check": dict(rows=37, columns=16),
    },
    reference="numpy_assign",
    check=check,
    alive=alive,
    work=work,
)
