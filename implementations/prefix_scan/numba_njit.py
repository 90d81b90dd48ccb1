"""Numba: one loop for both; the running sum and the running product stay in registers."""

import numpy as np
from numba import njit


@njit
def prefix_scan(terms, factors):
    total = np.empty_like(terms)  # (rows,)
    product = np.empty_like(factors)  # (rows,)
    total[0], product[0] = terms[0], factors[0]
    for i in range(1, len(terms)):
        total[i] = total[i - 1] + terms[i]
        product[i] = product[i - 1] * factors[i]
    return total, product
