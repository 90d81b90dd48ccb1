"""`prange` over blocks, in two passes: what each block adds up to, then its rows.

Every row is read and joined twice, so that no block waits for another: twice the work, which pays
from three cores on. Blocks are of one length, however many threads there are, so that the result
does not depend on them.
"""

import numpy as np
from numba import njit, prange

BLOCK = 256  # rows


@njit(parallel=True)
def fill(total, product, terms, factors):
    rows = len(terms)
    blocks = (rows + BLOCK - 1) // BLOCK
    sums = np.zeros(blocks + 1, dtype=terms.dtype)  # sums[b]: of all blocks before b
    products = np.ones(blocks + 1, dtype=factors.dtype)
    for block in prange(blocks):
        x, y = terms.dtype.type(0), factors.dtype.type(1)
        for i in range(block * BLOCK, min(rows, (block + 1) * BLOCK)):
            x, y = x + terms[i], y * factors[i]
        sums[block + 1], products[block + 1] = x, y
    for block in range(blocks):
        sums[block + 1] += sums[block]
        products[block + 1] *= products[block]
    for block in prange(blocks):
        x, y = sums[block], products[block]
        for i in range(block * BLOCK, min(rows, (block + 1) * BLOCK)):
            x, y = x + terms[i], y * factors[i]
            total[i], product[i] = x, y


def prefix_scan(terms, factors):
    total = np.empty_like(terms)  # (rows,)
    product = np.empty_like(factors)  # (rows,)
    fill(total, product, terms, factors)
    return total, product
