"""A matrix, each entry mapped by one of two functions, times itself.

    mapped[i, j]  = m[i, j] ** 2 if m[i, j] > 0.5 else sqrt(m[i, j])
    product[i, j] = sum over k of mapped[i, k] mapped[k, j]

The matrix product is that of linear algebra (G. Golub and C. Van Loan, Matrix Computations, 4th
edition, 2013, chapter 1). The map is n**2 cheap operations, which a compiler fuses into one pass;
the product is n**3, which none of these compilers makes faster. So `jit` helps a small matrix,
where calls and temporaries cost, and a large one next to nothing.

`m` (n, n) is not negative; it has no unit. There is no `vmap`, as there is no batch, and no
`einsum`, which would be another name for `@`.
"""

import numpy as np
from portstudy import Array, Kernel, Ulps, Work, moved


def make_inputs(rng: np.random.Generator, *, n: int) -> tuple:
    """General inputs: evenly from 0 to 1, and a few entries that are 0.5, where > is not >=.

    And the next number above it, in float64 and in float32.
    """
    m = rng.uniform(0, 1, (n, n))
    m[0, 0] = m[-1, 0] = m[0, -1] = 0.5
    m[1, :2] = np.nextafter(0.5, 1), np.nextafter(np.float32(0.5), np.float32(1))
    return (m,)


def make_dyadic(rng: np.random.Generator, *, n: int) -> tuple:
    """Inputs on which every port must agree to the last bit, in float32 and in float64.

    Up to 0.5 they are squares of multiples of 1/8, of which a square root is exact; above, they are
    multiples of 1/4. Mapped, all are multiples of 1/16 and at most 9/4, and a sum of 2000 of their
    products is less than 2**24 times 1/256, which float32 holds exactly.
    """
    low = (np.arange(6) / 8) ** 2  # 0 to 25/64
    high = np.arange(3, 7) / 4  # 3/4 to 3/2
    return (rng.choice(np.concatenate([low, high]), (n, n)),)


def alive(arguments: tuple, product: np.ndarray) -> None:
    """Entries all on one side of 0.5 would prove one branch, a symmetric product any order."""
    (m,) = arguments
    above = (m > 0.5).mean()
    assert 0.1 < above < 0.9, f"{above:.0%} of the entries are above 0.5; plausible: about half"
    assert (product != product.T).any(), "a symmetric product: a port could transpose it"


def work(arguments: tuple, outputs: tuple) -> Work:
    """One product; the map beside it is small."""
    (m,) = arguments
    return Work((moved(m, outputs),), operations=2 * len(m) ** 3)


masked_matmul = Kernel(
    arguments={
        "m": Array("n", "n", at_least=0),  # for its square root
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    # Sums of up to 2000 positive products: in another order, some sqrt(2000) ulps off at most.
    outputs={"product": Ulps(64, "row", "column")},
    sizes={
        "large": dict(n=2000),
        "small": dict(n=200),
        "check": dict(n=33),
    },
    reference="numpy_vectorised",
    alive=alive,
    work=work,
)
