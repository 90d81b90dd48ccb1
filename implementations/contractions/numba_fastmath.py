"""Loops written out: sums and chain apply one matrix after the other, and need no product."""

import numpy as np
from numba import njit

from .spec import Contractions


@njit(fastmath=True)
def inner(x, y):
    total = x.dtype.type(0)
    for i in range(len(x)):
        total += x[i] * y[i]
    return total


@njit
def tensor(x, y):
    result = np.empty((len(x), len(y)), dtype=x.dtype)
    for i in range(len(x)):
        for j in range(len(y)):
            result[i, j] = x[i] * y[j]
    return result


@njit
def add_product(a, b, result):
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for k in range(b.shape[1]):
                result[i, k] += a[i, j] * b[j, k]


@njit
def multiply(a, b):
    result = np.zeros((a.shape[0], b.shape[1]), dtype=a.dtype)
    add_product(a, b, result)
    return result


@njit
def multiply_all(lefts, rights):
    batch, n, _ = lefts.shape
    result = np.zeros((batch, n, n), dtype=lefts.dtype)
    for i in range(batch):
        add_product(lefts[i], rights[i], result[i])
    return result


@njit(fastmath=True)
def apply(a, x):
    result = np.zeros(a.shape[0], dtype=a.dtype)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            result[i] += a[i, j] * x[j]
    return result


@njit
def apply_transposed(a, x):
    result = np.zeros(a.shape[1], dtype=a.dtype)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            result[j] += a[i, j] * x[i]
    return result


def contractions(x, y, a, b, lefts, rights):
    ones = np.ones_like(x)  # (n,): a product with it sums
    product = multiply(a, b)  # (n, n)
    diagonal = np.diagonal(product)  # (n,)
    return Contractions(
        dot=x.dtype.type(inner(x, y)),  # ()
        outer=tensor(x, y),  # (n, n)
        hadamard=x * y,  # (n,)
        product=product,  # (n, n)
        row_sums=apply(a, apply(b, ones)),  # (n,)
        column_sums=apply_transposed(b, apply_transposed(a, ones)),  # (n,)
        batched=multiply_all(lefts, rights),  # (batch, n, n)
        trace=diagonal.sum(),  # ()
        diagonal=diagonal,  # (n,)
        transposed=a.T,  # (m, n)
        chain=apply(a, apply(b, y)),  # (n,)
    )
