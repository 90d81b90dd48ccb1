"""NumPy allocates, Numba fills: the same loop, into memory that lies in huge pages.

For large arrays NumPy asks the system for huge pages and Numba does not, and where a result is
written once, small pages cost more than the sums (see interleave_rows/numba_fill.py).
"""

import numpy as np
from numba import njit


@njit
def fill(total, product, terms, factors):
    total[0], product[0] = terms[0], factors[0]
    for i in range(1, len(terms)):
        total[i] = total[i - 1] + terms[i]
        product[i] = product[i - 1] * factors[i]


def prefix_scan(terms, factors):
    total = np.empty_like(terms)  # (rows,)
    product = np.empty_like(factors)  # (rows,)
    fill(total, product, terms, factors)
    return total, product
