"""A tall matrix of zeros and ones, one byte each, times a vector of real numbers.

    result[i] = sum over j of matrix[i, j] vector[j]

`matrix` (rows, columns) int8 holds zeros and ones only, `vector` (columns,) and `result` (rows,)
are of the kernel's dtype: every row selects entries of the vector and adds them up. The least work
is to read the matrix once, one byte per entry. Cast to float32 it is four times as large, to
float64 eight times, and must be written and read again: what matters is whether the copy is stored.

What storing it costs is not up to the program. At size `large` the copy takes a gigabyte, which
Linux provides anew in each call: in pages of 2 MB or, where it has none, of 4 kB, which takes five
times as long, and where it must first ask a host for them, five times as long again. So the
reference takes one of three times, and ratios to it should be read with its spread.

Source: the tutorial's comparison of `@` with `jnp.matmul`, whose factor of two was the noise of a
first call. jax_jit, jax_matmul, jax_einsum and jax_cast are four spellings of one program
(tests/test_binary_matvec.py compares what XLA compiles): what their times differ by is noise, and
that is why all four are here. The tutorial has nine million rows.

Dyadic inputs: entries of the vector are multiples of 1/64 between -1 and 1, so all sums of up to
2**17 of them are exact in float32, in any order. General inputs: a sum that cancels cannot be more
accurate than its terms, so the floor of an ulp is the size of a typical partial sum.

Left out: `vmap` over rows, which compiles to the same program as the product, and any parallel loop
in PyTorch but the one that torch.compile writes.
"""

import numpy as np
from portstudy import Array, Kernel, Ulps, Work, moved


def make_matrix(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Zeros and ones, one byte each; the first row selects nothing and the last one all."""
    matrix = rng.integers(0, 2, (rows, columns), dtype=np.int8)
    matrix[0], matrix[-1] = 0, 1
    return matrix


def make_inputs(rng: np.random.Generator, *, rows: int, columns: int) -> tuple:
    """General inputs: the vector's entries are of mixed signs and not representable."""
    return make_matrix(rng, rows, columns), rng.uniform(-1, 1, columns)


def make_dyadic(rng: np.random.Generator, *, rows: int, columns: int) -> tuple:
    """Inputs whose sums are exact: multiples of 1/64 between -1 and 1."""
    return make_matrix(rng, rows, columns), rng.integers(-64, 65, columns) / 64


def alive(arguments: tuple, result: np.ndarray) -> None:
    """Rows that all select the same, or a vector of like entries, would hide a mixed-up index."""
    different = len(np.unique(result))
    assert different > 1, f"all {len(result)} rows give the same sum"


def work(arguments: tuple, result: np.ndarray) -> Work:
    """An addition for each entry, at most; every byte is read once."""
    matrix, vector = arguments
    return Work((moved(matrix, vector, result),), operations=matrix.size)


binary_matvec = Kernel(
    arguments={
        "matrix": Array("rows", "columns", dtype=np.int8, at_least=0, at_most=1),
        "vector": Array("columns"),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    # Each addition errs by half an ulp of the partial sum, at most 128 of them, of random sign.
    outputs={"result": Ulps(32, "row", floor=8.0)},
    sizes={
        "small": dict(rows=20_000, columns=128),
        "large": dict(rows=1_000_000, columns=128),
        "check": dict(rows=53, columns=24),
    },
    reference="numpy_matmul",
    alive=alive,
    work=work,
)
