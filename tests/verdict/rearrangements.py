"""Functions rewritten in a way that is right: the same in exact arithmetic, other roundings.

None of them may be accused. `group` states a function, some kinds of inputs, and other ways to
compute it: in another order, by another formula of comparable stability, in another library.
"""

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import scipy.fft
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.ndimage
import scipy.signal
import scipy.spatial.distance
import scipy.special
import torch
from numba import njit, prange

Maker = Callable[[np.random.Generator], Any]


class Pair(NamedTuple):
    name: str
    f: Callable
    g: Callable
    inputs: Maker


PAIRS: list[Pair] = []


def group(name: str, f: Callable, inputs: dict[str, Maker], **others: Callable) -> None:
    """Each of these is f in other words; on each of these inputs."""
    for (words, g), (kind, maker) in itertools.product(others.items(), inputs.items()):
        PAIRS.append(Pair(f"{name} as {words}, {kind}", f, g, maker))


# What inputs are made of


def normal(*shape: int, scale: float = 1.0, dtype: type = np.float64) -> Maker:
    return lambda rng: (scale * rng.normal(size=shape)).astype(dtype)


def uniform(low: float, high: float, *shape: int) -> Maker:
    return lambda rng: rng.uniform(low, high, shape)


def wide(*shape: int) -> Maker:
    """Of all sizes between 1e-8 and 1e8, of both signs."""
    return lambda rng: rng.choice([-1, 1], shape) * 10 ** rng.uniform(-8, 8, shape)


def whole(top: int, *shape: int) -> Maker:
    return lambda rng: rng.integers(0, top, shape)


def imaginary(*shape: int, dtype: type = np.complex128) -> Maker:
    return lambda rng: (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)


def definite(n: int) -> Maker:
    """A symmetric matrix whose eigenvalues are positive."""

    def make(rng):
        a = rng.normal(size=(n, n))
        return a @ a.T / n + np.eye(n)

    return make


def dominant(n: int) -> Maker:
    return lambda rng: rng.normal(size=(n, n)) / math.sqrt(n) + 3 * np.eye(n)


def increasing(n: int) -> Maker:
    return lambda rng: np.cumsum(rng.uniform(0.5, 1.5, n)) / n


def of(*makers: Any) -> Maker:
    """All arguments: those that are no makers are what they are."""
    return lambda rng: tuple(make(rng) if callable(make) else make for make in makers)


# Sums


def in_turn(x):
    total = 0.0
    for value in x:
        total = total + value
    return total


def in_pairs(x):
    return x[0] if len(x) == 1 else in_pairs(x[: len(x) // 2]) + in_pairs(x[len(x) // 2 :])


def compensated(x):
    total = x.dtype.type(0)
    lost = x.dtype.type(0)
    for value in x:
        y = value - lost
        after = total + y
        lost = (after - total) - y
        total = after
    return total


@njit(fastmath=True)
def sum_fastmath(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i]
    return total


@njit(parallel=True)
def sum_parallel(x):
    total = 0.0
    for i in prange(len(x)):
        total += x[i]
    return total


@njit
def sum_four_ways(x):
    a = b = c = d = 0.0
    for i in range(0, len(x) - 3, 4):
        a += x[i]
        b += x[i + 1]
        c += x[i + 2]
        d += x[i + 3]
    for i in range(len(x) - len(x) % 4, len(x)):
        a += x[i]
    return (a + b) + (c + d)


group(
    "sum", lambda x: np.sum(x),
    {"normal": of(normal(3000)), "of all sizes": of(wide(3000))},
    in_turn=in_turn,
    reversed=lambda x: in_turn(x[::-1]),
    sorted=lambda x: in_turn(np.sort(x)),
    largest_first=lambda x: in_turn(x[np.argsort(-np.abs(x))]),
    pairs=in_pairs,
    compensated=compensated,
    fsum=lambda x: math.fsum(x),
    running_total=lambda x: np.cumsum(x)[-1],
    blocks=lambda x: x.reshape(-1, 60).sum(axis=0).sum(),
    dot=lambda x: np.dot(x, np.ones_like(x)),
    einsum=lambda x: np.einsum("i->", x),
    halves=lambda x: x[::2].sum() + x[1::2].sum(),
    positive_and_negative=lambda x: x[x > 0].sum() + x[x <= 0].sum(),
    fourier=lambda x: np.fft.rfft(x)[0].real,
    numba_four=sum_four_ways,
    jax=lambda x: jnp.sum(x),
    torch=lambda x: torch.sum(x),
)  # fmt: skip
group(
    "sum of a million", lambda x: np.sum(x),
    {"positive": of(uniform(0, 1, 1_000_000)), "float32": of(normal(1_000_000, dtype=np.float32))},
    numba_fastmath=sum_fastmath,
    numba_parallel=sum_parallel,
    jax=lambda x: jnp.sum(x),
    torch=lambda x: torch.sum(x),
    rows=lambda x: x.reshape(1000, 1000).sum(axis=1).sum(),
)  # fmt: skip
group(
    "sum of three", lambda x: x[0] + x[1] + x[2],
    {"normal": of(normal(3)), "a hundred of them": of(normal(3, 100))},
    from_the_right=lambda x: x[0] + (x[1] + x[2]),
    other_order=lambda x: (x[2] + x[0]) + x[1],
    sum=lambda x: np.sum(x, axis=0),
)  # fmt: skip
group(
    "sums of rows", lambda x: x.sum(axis=1),
    {"float32": of(normal(40, 4000, dtype=np.float32)), "float64": of(normal(40, 4000))},
    transposed=lambda x: x.T.copy().sum(axis=0),
    product=lambda x: x @ np.ones_like(x[0]),
    jax=lambda x: jnp.sum(x, axis=1),
    torch=lambda x: torch.sum(x, dim=1),
)  # fmt: skip


@njit
def running_total(x):
    y = np.empty_like(x)
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = y[i - 1] + x[i]
    return y


def doubling(x):
    step = 1
    while step < len(x):
        x = np.concatenate([x[:step], x[step:] + x[:-step]])
        step *= 2
    return x


group(
    "running total", lambda x: np.cumsum(x),
    {"normal": of(normal(2000)), "positive": of(uniform(0, 1, 2000))},
    accumulate=lambda x: np.array(list(itertools.accumulate(x))),
    triangle=lambda x: np.tri(len(x)) @ x,
    from_the_end=lambda x: x.sum() - np.concatenate([np.cumsum(x[::-1])[::-1][1:], [0]]),
    doubling=doubling,
    numba=running_total,
    jax=lambda x: jnp.cumsum(x),
    jax_scan=lambda x: jax.lax.associative_scan(jnp.add, x),
    torch=lambda x: torch.cumsum(x, 0),
)  # fmt: skip
group(
    "running product", lambda x: np.cumprod(x), {"near 1": of(uniform(0.9, 1.1, 300))},
    logarithms=lambda x: np.exp(np.cumsum(np.log(x))),
    torch=lambda x: torch.cumprod(x, 0),
    jax=lambda x: jax.lax.associative_scan(jnp.multiply, x),
)  # fmt: skip

# Statistics


def welford(x):
    mean = squares = 0.0
    for n, value in enumerate(x, 1):
        delta = value - mean
        mean += delta / n
        squares += delta * (value - mean)
    return squares / len(x)


group(
    "variance", lambda x: np.mean((x - np.mean(x)) ** 2),
    {"normal": of(normal(2000)), "shifted": of(lambda rng: 30 + rng.normal(size=2000))},
    welford=welford,
    var=lambda x: np.var(x),
    shifted=lambda x: np.mean((x - x[0]) ** 2) - np.mean(x - x[0]) ** 2,
    dot=lambda x: np.dot(x - x.mean(), x - x.mean()) / len(x),
    jax=lambda x: jnp.var(x),
    torch=lambda x: torch.var(x, correction=0),
)  # fmt: skip
group(
    "variance of what is centred", lambda x: np.var(x), {"normal": of(normal(500))},
    moments=lambda x: np.mean(x**2) - np.mean(x) ** 2,
    pairs=lambda x: np.mean((x[:, None] - x[None, :]) ** 2) / 2,
)  # fmt: skip
group(
    "covariance", lambda x: np.cov(x),
    {"normal": of(normal(6, 400)), "few": of(normal(3, 7))},
    product=lambda x: (x - x.mean(1, keepdims=True)) @ (x - x.mean(1, keepdims=True)).T
    / (x.shape[1] - 1),
    moments=lambda x: (x @ x.T - x.shape[1] * np.outer(x.mean(1), x.mean(1))) / (x.shape[1] - 1),
    einsum=lambda x: np.einsum("in,jn->ij", x - x.mean(1, keepdims=True), x) / (x.shape[1] - 1),
    torch=lambda x: torch.cov(x),
    jax=lambda x: jnp.cov(x),
)  # fmt: skip
group(
    "correlation", lambda x, y: np.corrcoef(x, y)[0, 1],
    {"normal": of(normal(300), normal(300))},
    scores=lambda x, y: np.mean((x - x.mean()) / x.std() * (y - y.mean()) / y.std()),
    angles=lambda x, y: np.dot(x - x.mean(), y - y.mean())
    / np.linalg.norm(x - x.mean()) / np.linalg.norm(y - y.mean()),
)  # fmt: skip
group(
    "geometric mean", lambda x: np.exp(np.mean(np.log(x))), {"positive": of(uniform(0.5, 2, 60))},
    product=lambda x: np.prod(x) ** (1 / len(x)),
    roots=lambda x: np.prod(x ** (1 / len(x))),
)  # fmt: skip
group(
    "divergence", lambda p, q: np.sum(p * np.log(p / q)),
    {"positive": of(uniform(0.1, 1, 200), uniform(0.1, 1, 200))},
    difference=lambda p, q: np.sum(p * (np.log(p) - np.log(q))),
    entropies=lambda p, q: np.sum(p * np.log(p)) - np.sum(p * np.log(q)),
    scipy=lambda p, q: np.sum(scipy.special.rel_entr(p, q)),
    torch=lambda p, q: torch.sum(torch.xlogy(p, p) - torch.xlogy(p, q)),
)  # fmt: skip
group(
    "skewness", lambda x: np.mean((x - x.mean()) ** 3) / np.mean((x - x.mean()) ** 2) ** 1.5,
    {"gamma": of(lambda rng: rng.gamma(2.0, size=500))},
    scores=lambda x: np.mean(((x - x.mean()) / x.std()) ** 3),
    moments=lambda x: (np.mean(x**3) - 3 * x.mean() * np.mean(x**2) + 2 * x.mean() ** 3)
    / x.std() ** 3,
)  # fmt: skip


def means_in_turn(values, labels):
    total = np.zeros(12)
    count = np.zeros(12)
    for value, label in zip(values, labels, strict=True):
        total[label] += value
        count[label] += 1
    return total / count


@njit
def means_numba(values, labels):
    total = np.zeros(12)
    count = np.zeros(12)
    for i in range(len(values)):
        total[labels[i]] += values[i]
        count[labels[i]] += 1
    return total / count


def means_by_sorting(values, labels):
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(12))
    return np.add.reduceat(values[order], starts) / np.bincount(labels)


def means_by_at(values, labels):
    total = np.zeros(12)
    np.add.at(total, labels, values)
    return total / np.bincount(labels)


group(
    "means of groups", means_in_turn,
    {"normal": of(normal(900), whole(12, 900)), "of all sizes": of(wide(900), whole(12, 900))},
    bincount=lambda x, label: np.bincount(label, weights=x) / np.bincount(label),
    sorting=means_by_sorting,
    at=means_by_at,
    masks=lambda x, label: np.array([x[label == k].mean() for k in range(12)]),
    one_hot=lambda x, label: x @ np.eye(12)[label] / np.bincount(label),
    numba=means_numba,
    jax=lambda x, label: jax.ops.segment_sum(x, label, 12)
    / jax.ops.segment_sum(jnp.ones_like(x), label, 12),
    torch=lambda x, label: torch.zeros(12, dtype=x.dtype).index_add(0, label, x)
    / torch.bincount(label),
)  # fmt: skip
group(
    "moving average", lambda x: np.convolve(x, np.ones(9) / 9, mode="valid"),
    {"normal": of(normal(600))},
    totals=lambda x: (np.cumsum(x)[8:] - np.concatenate([[0], np.cumsum(x)[:-9]])) / 9,
    windows=lambda x: np.lib.stride_tricks.sliding_window_view(x, 9).mean(axis=1),
    filter=lambda x: scipy.ndimage.uniform_filter1d(x, 9)[4:-4],
    torch=lambda x: x.unfold(0, 9, 1).sum(dim=1) / torch.tensor(9),
)  # fmt: skip

# Linear algebra


@njit
def product_in_loops(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c


@njit(fastmath=True)
def product_fastmath(a, b):
    c = np.zeros((a.shape[0], b.shape[1]), a.dtype)
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c


group(
    "product", lambda a, b: a @ b,
    {"small": of(normal(4, 5), normal(5, 3)), "larger": of(normal(60, 90), normal(90, 70)),
     "float32": of(normal(50, 300, dtype=np.float32), normal(300, 20, dtype=np.float32))},
    loops=product_in_loops,
    fastmath=product_fastmath,
    einsum=lambda a, b: np.einsum("ik,kj->ij", a, b),
    outer=lambda a, b: functools.reduce(np.add, (np.outer(a[:, k], b[k]) for k in range(len(b)))),
    broadcast=lambda a, b: (a[:, :, None] * b[None]).sum(axis=1),
    halves=lambda a, b: a[:, ::2] @ b[::2] + a[:, 1::2] @ b[1::2],
    transposed=lambda a, b: (b.T @ a.T).T,
    jax=lambda a, b: jnp.matmul(a, b),
    torch=lambda a, b: torch.matmul(a, b),
)  # fmt: skip
group(
    "matrix times vector", lambda a, x: a @ x,
    {"long": of(normal(30, 4000), normal(4000)), "of all sizes": of(wide(30, 2000), normal(2000)),
     "float32": of(normal(30, 4000, dtype=np.float32), normal(4000, dtype=np.float32))},
    rows=lambda a, x: np.array([np.dot(row, x) for row in a]),
    columns=lambda a, x: (a * x).sum(axis=1),
    in_turn=lambda a, x: functools.reduce(np.add, (a * x).T),
    jax=lambda a, x: jnp.dot(a, x),
    torch=lambda a, x: torch.mv(a, x),
)  # fmt: skip
group(
    "chain of products", lambda a, b, c, x: a @ b @ c @ x,
    {"normal": of(normal(20, 30), normal(30, 40), normal(40, 25), normal(25))},
    from_the_right=lambda a, b, c, x: a @ (b @ (c @ x)),
    middle_first=lambda a, b, c, x: (a @ (b @ c)) @ x,
    multi_dot=lambda a, b, c, x: np.linalg.multi_dot([a, b, c, x]),
    torch=lambda a, b, c, x: torch.mv(a, torch.mv(b, torch.mv(c, x))),
)  # fmt: skip
group(
    "trace of a product", lambda a, b: np.trace(a @ b),
    {"normal": of(normal(30, 30), normal(30, 30))},
    sum=lambda a, b: np.sum(a * b.T),
    einsum=lambda a, b: np.einsum("ij,ji->", a, b),
    turned=lambda a, b: np.trace(b @ a),
)  # fmt: skip


def lower_triangle(a):
    n = len(a)
    l = np.zeros((n, n))  # noqa: E741
    for j in range(n):
        l[j, j] = np.sqrt(a[j, j] - np.sum(l[j, :j] ** 2))
        for i in range(j + 1, n):
            l[i, j] = (a[i, j] - np.sum(l[i, :j] * l[j, :j])) / l[j, j]
    return l


group(
    "Cholesky", lower_triangle, {"definite": of(definite(12))},
    numpy=lambda a: np.linalg.cholesky(a),
    scipy=lambda a: scipy.linalg.cholesky(a, lower=True),
    jax=lambda a: jnp.linalg.cholesky(a),
    torch=lambda a: torch.linalg.cholesky(a),
)  # fmt: skip


def eliminated(a, b):
    a, b = a.copy(), b.copy()
    for k in range(len(b)):
        for i in range(k + 1, len(b)):
            factor = a[i, k] / a[k, k]
            a[i] -= factor * a[k]
            b[i] -= factor * b[k]
    for k in range(len(b) - 1, -1, -1):
        b[k] = (b[k] - a[k, k + 1 :] @ b[k + 1 :]) / a[k, k]
    return b


def conjugate_gradients(a, b):
    x = np.zeros_like(b)
    r = b.copy()
    p = r.copy()
    for _ in range(len(b)):
        q = a @ p
        alpha = (r @ r) / (p @ q)
        x = x + alpha * p
        after = r - alpha * q
        p = after + (after @ after) / (r @ r) * p
        r = after
    return x


group(
    "linear system", lambda a, b: np.linalg.solve(a, b),
    {"definite": of(definite(15), normal(15)), "dominant": of(dominant(40), normal(40))},
    inverse=lambda a, b: np.linalg.inv(a) @ b,
    elimination=eliminated,
    qr=lambda a, b: scipy.linalg.solve_triangular(np.linalg.qr(a)[1], np.linalg.qr(a)[0].T @ b),
    lu=lambda a, b: scipy.linalg.lu_solve(scipy.linalg.lu_factor(a), b),
    least_squares=lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0],
    jax=lambda a, b: jnp.linalg.solve(a, b),
    torch=lambda a, b: torch.linalg.solve(a, b),
)  # fmt: skip
group(
    "definite system", lambda a, b: np.linalg.solve(a, b), {"definite": of(definite(6), normal(6))},
    cholesky=lambda a, b: scipy.linalg.cho_solve(scipy.linalg.cho_factor(a), b),
    conjugate_gradients=conjugate_gradients,
    eigenvectors=lambda a, b: np.linalg.eigh(a)[1]
    @ ((np.linalg.eigh(a)[1].T @ b) / np.linalg.eigh(a)[0]),
)  # fmt: skip
group(
    "ill-conditioned system", lambda a, b: np.linalg.solve(a, b),
    {"Hilbert's": of(lambda rng: 1 / (1.0 + np.add.outer(np.arange(4), np.arange(4))), normal(4))},
    scipy=lambda a, b: scipy.linalg.solve(a, b, assume_a="pos"),
    elimination=eliminated,
    torch=lambda a, b: torch.linalg.solve(a, b),
)  # fmt: skip


def thomas(lower, middle, upper, right):
    n = len(right)
    c = np.zeros(n)
    d = np.zeros(n)
    c[0] = upper[0] / middle[0]
    d[0] = right[0] / middle[0]
    for i in range(1, n):
        below = middle[i] - lower[i] * c[i - 1]
        c[i] = upper[i] / below
        d[i] = (right[i] - lower[i] * d[i - 1]) / below
    for i in range(n - 2, -1, -1):
        d[i] -= c[i] * d[i + 1]
    return d


group(
    "tridiagonal system", thomas,
    {"dominant": of(uniform(-1, 0, 80), uniform(2.5, 3, 80), uniform(-1, 0, 80), normal(80))},
    dense=lambda low, mid, up, x: np.linalg.solve(
        np.diag(low[1:], -1) + np.diag(mid) + np.diag(up[:-1], 1), x),
    banded=lambda low, mid, up, x: scipy.linalg.solve_banded(
        (1, 1), np.array([np.append(0, up[:-1]), mid, np.append(low[1:], 0)]), x),
    upwards=lambda low, mid, up, x: thomas(up[::-1], mid[::-1], low[::-1], x[::-1])[::-1],
    jax=lambda low, mid, up, x: jax.lax.linalg.tridiagonal_solve(
        low.at[0].set(0), mid, up.at[-1].set(0), x[:, None])[:, 0],
)  # fmt: skip
group(
    "least squares", lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0],
    {"normal": of(normal(80, 5), normal(80))},
    normal_equations=lambda a, b: np.linalg.solve(a.T @ a, a.T @ b),
    qr=lambda a, b: np.linalg.solve(np.linalg.qr(a)[1], np.linalg.qr(a)[0].T @ b),
    pseudoinverse=lambda a, b: np.linalg.pinv(a) @ b,
    torch=lambda a, b: torch.linalg.lstsq(a, b).solution,
)  # fmt: skip
group(
    "determinant", lambda a: np.linalg.det(a), {"dominant": of(dominant(8))},
    logarithm=lambda a: np.linalg.slogdet(a)[0] * np.exp(np.linalg.slogdet(a)[1]),
    eigenvalues=lambda a: np.prod(np.linalg.eigvals(a)).real,
    torch=lambda a: torch.linalg.det(a),
)  # fmt: skip


def inverse_by_cofactors(a):
    rows = a[0], a[1], a[2]
    cofactors = np.array([np.cross(rows[1], rows[2]), np.cross(rows[2], rows[0]),
                          np.cross(rows[0], rows[1])])  # fmt: skip
    return cofactors.T / (rows[0] @ cofactors[0])


group(
    "inverse of 3 by 3", lambda a: np.linalg.inv(a), {"dominant": of(dominant(3))},
    cofactors=inverse_by_cofactors,
    columns=lambda a: np.stack([np.linalg.solve(a, e) for e in np.eye(3)], axis=1),
    jax=lambda a: jnp.linalg.inv(a),
)  # fmt: skip
group(
    "matrix power", lambda a, x: np.linalg.matrix_power(a, 12) @ x,
    {"normal": of(lambda rng: rng.normal(size=(9, 9)) / 3, normal(9))},
    in_turn=lambda a, x: functools.reduce(lambda y, _: a @ y, range(12), x),
    squares=lambda a, x: (a @ a @ a) @ ((a @ a @ a) @ ((a @ a @ a) @ ((a @ a @ a) @ x))),
)  # fmt: skip
group(
    "matrix exponential",
    lambda a: functools.reduce(
        lambda s, k: (s[0] + s[1] @ a / k, s[1] @ a / k), range(1, 25), (np.eye(5), np.eye(5)))[0],
    {"small": of(normal(5, 5, scale=0.3))},
    scipy=lambda a: scipy.linalg.expm(a),
    jax=lambda a: jax.scipy.linalg.expm(a),
    torch=lambda a: torch.linalg.matrix_exp(a),
    horner=lambda a: functools.reduce(
        lambda s, k: np.eye(5) + s @ a / k, range(24, 0, -1), np.eye(5)),
)  # fmt: skip
group(
    "eigenvalues", lambda a: np.linalg.eigvalsh(a), {"definite": of(definite(10))},
    scipy=lambda a: scipy.linalg.eigh(a, eigvals_only=True, driver="ev"),
    general=lambda a: np.sort(np.linalg.eigvals(a)),
    singular=lambda a: np.linalg.svd(a, compute_uv=False)[::-1],
    torch=lambda a: torch.linalg.eigvalsh(a),
)  # fmt: skip
group(
    "quadratic form", lambda a, x: np.einsum("ni,ij,nj->n", x, a, x),
    {"definite": of(definite(8), normal(50, 8))},
    product=lambda a, x: ((x @ a) * x).sum(axis=1),
    cholesky=lambda a, x: ((x @ np.linalg.cholesky(a)) ** 2).sum(axis=1),
    loops=lambda a, x: np.array([row @ a @ row for row in x]),
)  # fmt: skip

# Polynomials and elementary functions


def by_powers(c, x):
    return sum(c[k] * x**k for k in range(len(c)))


def horner(c, x):
    y = np.zeros_like(x)
    for k in range(len(c) - 1, -1, -1):
        y = y * x + c[k]
    return y


group(
    "polynomial", by_powers,
    {"inside": of(normal(9), uniform(-1, 1, 200)), "outside": of(normal(6), uniform(1, 3, 200))},
    horner=horner,
    polyval=lambda c, x: np.polynomial.polynomial.polyval(x, c),
    table=lambda c, x: np.vander(x, len(c), increasing=True) @ c,
    even_and_odd=lambda c, x: horner(c[::2], x * x) + x * horner(c[1::2], x * x),
    jax=lambda c, x: jnp.polyval(c[::-1], x),
)  # fmt: skip
group(
    "roots multiplied", lambda r, x: np.prod(x[:, None] - r, axis=1),
    {"apart": of(uniform(-1, 1, 5), uniform(2, 3, 60))},
    expanded=lambda r, x: np.polyval(np.poly(r), x),
    logarithms=lambda r, x: np.exp(np.sum(np.log(x[:, None] - r), axis=1)),
)  # fmt: skip
group(
    "cube expanded", lambda x: (x - 1) ** 3, {"away from 1": of(uniform(2, 3, 100))},
    expanded=lambda x: x**3 - 3 * x**2 + 3 * x - 1,
    nested=lambda x: x * (x * (x - 3) + 3) - 1,
    products=lambda x: (x - 1) * (x - 1) * (x - 1),
)  # fmt: skip
group(
    "Chebyshev", lambda x: np.cos(11 * np.arccos(x)), {"inside": of(uniform(-0.95, 0.95, 80))},
    recurrence=lambda x: functools.reduce(
        lambda t, _: (t[1], 2 * x * t[1] - t[0]), range(10), (np.ones_like(x), x))[1],
    scipy=lambda x: scipy.special.eval_chebyt(11, x),
    product=lambda x: 2**10 * np.prod(
        x[:, None] - np.cos((2 * np.arange(11) + 1) * np.pi / 22), axis=1),
)  # fmt: skip


def legendre(x):
    before, now = np.ones_like(x), x
    for n in range(1, 8):
        before, now = now, ((2 * n + 1) * x * now - n * before) / (n + 1)
    return now


group(
    "Legendre", legendre, {"inside": of(uniform(-1, 1, 80))},
    scipy=lambda x: scipy.special.eval_legendre(8, x),
    series=lambda x: np.polynomial.legendre.legval(x, np.eye(9)[8]),
)  # fmt: skip
group(
    "arithmetic", lambda x, y, z: x / y / z + x**3 + np.exp(x + y) + x**1.5,
    {"positive": of(uniform(0.5, 2, 300), uniform(0.5, 2, 300), uniform(0.5, 2, 300))},
    other_words=lambda x, y, z: x / (y * z) + x * x * x + np.exp(x) * np.exp(y) + x * np.sqrt(x),
    jax=lambda x, y, z: jnp.exp(y + x) + x**1.5 + x * (1 / (y * z) + x * x),
    torch=lambda x, y, z: (x / z) / y + torch.exp(y) * torch.exp(x) + torch.pow(x, 3)
    + torch.sqrt(x) * x,
)  # fmt: skip
group(
    "sum of angles", lambda a, b: (np.sin(a + b), np.tan(a), np.cos(2 * a)),
    {"normal": of(uniform(-1, 1, 100), uniform(-1, 1, 100))},
    products=lambda a, b: (np.sin(a) * np.cos(b) + np.cos(a) * np.sin(b), np.sin(a) / np.cos(a),
                           1 - 2 * np.sin(a) ** 2),
    jax=lambda a, b: (jnp.sin(b + a), jnp.sin(a) / jnp.cos(a), jnp.cos(a) ** 2 - jnp.sin(a) ** 2),
)  # fmt: skip

# Differences of what is nearly the same: rounding moves them by many units in the last place

group(
    "roots apart", lambda x: np.sqrt(x + 1) - np.sqrt(x), {"large": of(uniform(900, 1000, 200))},
    stable=lambda x: 1 / (np.sqrt(x + 1) + np.sqrt(x)),
    powers=lambda x: (x + 1) ** 0.5 - x**0.5,
    torch=lambda x: torch.sqrt(1 + x) - torch.sqrt(x),
)  # fmt: skip
group(
    "one less a cosine", lambda x: (1 - np.cos(x)) / x**2, {"small": of(uniform(0.01, 0.1, 200))},
    half_angle=lambda x: 2 * (np.sin(x / 2) / x) ** 2,
    sine=lambda x: np.sin(x) ** 2 / (1 + np.cos(x)) / x**2,
    jax=lambda x: (1 - jnp.cos(x)) / (x * x),
)  # fmt: skip
group(
    "squares apart", lambda a, b: a**2 - b**2,
    {"near": of(uniform(1, 1.001, 300), uniform(1, 1.001, 300)),
     "positive": of(uniform(1, 2, 300), uniform(3, 4, 300))},
    factors=lambda a, b: (a - b) * (a + b),
    products=lambda a, b: a * a - b * b,
)  # fmt: skip
group(
    "exponential less one", lambda x: np.exp(x) - 1, {"small": of(uniform(1e-3, 1e-2, 200))},
    expm1=lambda x: np.expm1(x),
    hyperbolic=lambda x: 2 * np.exp(x / 2) * np.sinh(x / 2),
    torch=lambda x: torch.expm1(x),
)  # fmt: skip
group(
    "logarithm near one", lambda x: np.log(1 + x), {"small": of(uniform(1e-3, 1e-2, 200))},
    log1p=lambda x: np.log1p(x),
    area=lambda x: 2 * np.arctanh(x / (2 + x)),
    jax=lambda x: jnp.log1p(x),
)  # fmt: skip
group(
    "slope by differences", lambda x, h: (np.sin(x + h) - np.sin(x)) / h,
    {"of a small step": of(uniform(0.5, 1, 100), 2.0**-10)},
    product=lambda x, h: 2 * np.cos(x + h / 2) * np.sin(h / 2) / h,
    expanded=lambda x, h: (np.sin(x) * np.cos(h) + np.cos(x) * np.sin(h) - np.sin(x)) / h,
)  # fmt: skip


def pulled(p, q, k, steps):
    for _ in range(steps):
        gradient = (p[2:] - p[:-2]) / 2e-3
        q = q.copy()
        q[1:-1] = q[1:-1] - k * gradient
        p = p - k * 1e-3 * (np.roll(q, -1) - np.roll(q, 1))
    return p, q


def pulled_in_other_words(p, q, k, steps):
    for _ in range(steps):
        gradient = p[2:] / 2e-3 - p[:-2] / 2e-3
        q = np.concatenate([q[:1], q[1:-1] - gradient * k, q[-1:]])
        p = p - (k * 1e-3 * np.roll(q, -1) - k * 1e-3 * np.roll(q, 1))
    return p, q


@njit(fastmath=True)
def pulled_numba(p, q, k, steps):
    p, q = p.copy(), q.copy()
    n = len(p)
    for _ in range(steps):
        for i in range(1, n - 1):
            q[i] -= k * (p[i + 1] - p[i - 1]) / 2e-3
        for i in range(n):
            p[i] -= k * 1e-3 * (q[(i + 1) % n] - q[i - 1])
    return p, q


def pulled_jax(p, q, k, steps):
    def step(_, state):
        p, q = state
        q = q.at[1:-1].add(-k * (p[2:] - p[:-2]) / 2e-3)
        return p - k * 1e-3 * (jnp.roll(q, -1) - jnp.roll(q, 1)), q

    return jax.lax.fori_loop(0, steps, step, (p, q))


group(
    "pressure and flow", pulled,
    {"steep": of(lambda rng: 1000 + rng.normal(size=60), normal(60), 0.01, 50)},
    other_words=pulled_in_other_words, numba=pulled_numba, jax=pulled_jax,
)  # fmt: skip

# Exponentials


group(
    "log of a sum of exponentials", lambda x: np.log(np.sum(np.exp(x))),
    {"normal": of(normal(500)), "of all sizes": of(uniform(-60, 60, 500))},
    shifted=lambda x: np.max(x) + np.log(np.sum(np.exp(x - np.max(x)))),
    reduced=lambda x: np.logaddexp.reduce(x),
    scipy=lambda x: scipy.special.logsumexp(x),
    jax=lambda x: jax.scipy.special.logsumexp(x),
    torch=lambda x: torch.logsumexp(x, 0),
)  # fmt: skip
group(
    "softmax", lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True),
    {"normal": of(normal(30, 20)), "float32": of(normal(30, 20, dtype=np.float32, scale=5))},
    shifted=lambda x: np.exp(x - x.max(1, keepdims=True))
    / np.exp(x - x.max(1, keepdims=True)).sum(1, keepdims=True),
    difference=lambda x: np.exp(x - np.log(np.exp(x).sum(1, keepdims=True))),
    jax=lambda x: jax.nn.softmax(x, axis=1),
    torch=lambda x: torch.softmax(x, 1),
)  # fmt: skip
group(
    "logistic", lambda x: 1 / (1 + np.exp(-x)), {"normal": of(normal(300, scale=5))},
    tanh=lambda x: 0.5 * (1 + np.tanh(x / 2)),
    quotient=lambda x: np.exp(x) / (1 + np.exp(x)),
    scipy=lambda x: scipy.special.expit(x),
    torch=lambda x: torch.sigmoid(x),
)  # fmt: skip
group(
    "softplus", lambda x: np.log1p(np.exp(x)), {"normal": of(normal(300, scale=4))},
    logaddexp=lambda x: np.logaddexp(0, x),
    parts=lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
    jax=lambda x: jax.nn.softplus(x),
)  # fmt: skip
group(
    "cross entropy", lambda x, y: -np.mean(np.log(scipy.special.softmax(x, 1)[np.arange(40), y])),
    {"normal": of(normal(40, 10), whole(10, 40))},
    difference=lambda x, y: np.mean(scipy.special.logsumexp(x, 1) - x[np.arange(40), y]),
    torch=lambda x, y: torch.nn.functional.cross_entropy(x, y),
    jax=lambda x, y: -jnp.mean(jax.nn.log_softmax(x)[jnp.arange(40), y]),
)  # fmt: skip
group(
    "taper", lambda x, w: x * 0.5 * (1 + np.tanh((x - 0.3) / w)),
    {"normal": of(normal(200), 0.25)},
    logistic=lambda x, w: x / (1 + np.exp(-2 * (x - 0.3) / w)),
    torch=lambda x, w: x * torch.sigmoid(2 * (x - 0.3) / w),
)  # fmt: skip

# Special functions

group(
    "error function", lambda x: np.array([math.erf(v) for v in x]), {"normal": of(normal(200))},
    scipy=lambda x: scipy.special.erf(x),
    complement=lambda x: 1 - scipy.special.erfc(x),
    cumulative=lambda x: 2 * scipy.special.ndtr(x * math.sqrt(2)) - 1,
    jax=lambda x: jax.scipy.special.erf(x),
    torch=lambda x: torch.erf(x),
)  # fmt: skip
group(
    "log gamma", lambda x: np.array([math.lgamma(v) for v in x]),
    {"positive": of(uniform(3, 30, 100))},
    scipy=lambda x: scipy.special.gammaln(x),
    shifted=lambda x: scipy.special.gammaln(x + 1) - np.log(x),
    jax=lambda x: jax.scipy.special.gammaln(x),
    torch=lambda x: torch.lgamma(x),
)  # fmt: skip
group(
    "Bessel", lambda x: scipy.special.jv(1, x), {"positive": of(uniform(1, 10, 50))},
    recurrence=lambda x: x / 4 * (scipy.special.jv(0, x) * 2 + scipy.special.jv(2, x) * 2),
    first=lambda x: scipy.special.j1(x),
)  # fmt: skip
group(
    "elliptic integral", lambda m: scipy.special.ellipk(m), {"inside": of(uniform(0.1, 0.8, 50))},
    means=lambda m: np.pi / 2 / functools.reduce(
        lambda s, _: ((s[0] + s[1]) / 2, np.sqrt(s[0] * s[1])), range(8),
        (np.ones_like(m), np.sqrt(1 - m)))[0],
)  # fmt: skip

# Fourier and convolution


def transform(x):
    k = np.arange(len(x))
    return np.exp(-2j * np.pi / len(x) * (np.outer(k, k) % len(x))) @ x


def transform_radix_2(x):
    if len(x) == 1:
        return x.astype(np.result_type(x, np.complex64))
    even, odd = transform_radix_2(x[::2]), transform_radix_2(x[1::2])
    turned = np.exp(-2j * np.pi * np.arange(len(x) // 2) / len(x)) * odd
    return np.concatenate([even + turned, even - turned])


group(
    "Fourier transform", transform,
    {"complex": of(imaginary(64)), "real": of(normal(128)),
     "complex64": of(imaginary(64, dtype=np.complex64))},
    numpy=lambda x: np.fft.fft(x),
    scipy=lambda x: scipy.fft.fft(x),
    radix_2=transform_radix_2,
    jax=lambda x: jnp.fft.fft(x),
    torch=lambda x: torch.fft.fft(x),
)  # fmt: skip


@njit
def convolved(x, w):
    y = np.zeros(len(x) + len(w) - 1)
    for i in range(len(x)):
        for j in range(len(w)):
            y[i + j] += x[i] * w[j]
    return y


group(
    "convolution", lambda x, w: np.convolve(x, w), {"normal": of(normal(300), normal(31))},
    fourier=lambda x, w: np.fft.irfft(np.fft.rfft(x, 330) * np.fft.rfft(w, 330), 330),
    scipy=lambda x, w: scipy.signal.fftconvolve(x, w),
    overlapping=lambda x, w: scipy.signal.oaconvolve(x, w),
    matrix=lambda x, w: scipy.linalg.convolution_matrix(w, 300) @ x,
    numba=convolved,
    jax=lambda x, w: jnp.convolve(x, w),
)  # fmt: skip
group(
    "energy", lambda x: np.sum(x**2), {"normal": of(normal(256))},
    fourier=lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2) / len(x),
    norm=lambda x: np.linalg.norm(x) ** 2,
    dot=lambda x: x @ x,
    jax=lambda x: jnp.vdot(x, x),
)  # fmt: skip


def laplacian(u):
    return u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1]


@njit
def laplacian_in_loops(u):
    out = np.zeros((u.shape[0] - 2, u.shape[1] - 2))
    for i in range(1, u.shape[0] - 1):
        for j in range(1, u.shape[1] - 1):
            across = (u[i, j + 1] - u[i, j]) - (u[i, j] - u[i, j - 1])
            along = (u[i + 1, j] - u[i, j]) - (u[i, j] - u[i - 1, j])
            out[i - 1, j - 1] = across + along
    return out


CROSS = np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
group(
    "Laplacian", laplacian,
    {"rough": of(normal(30, 40)), "smooth": of(lambda rng: np.add.outer(
        np.sin(np.arange(30) / 30 + rng.normal()), np.cos(np.arange(40) / 40)))},
    loops=laplacian_in_loops,
    rolled=lambda u: (np.roll(u, 1, 0) + np.roll(u, -1, 0) + np.roll(u, 1, 1) + np.roll(u, -1, 1)
                      - 4 * u)[1:-1, 1:-1],
    differences=lambda u: np.diff(u, 2, axis=0)[:, 1:-1] + np.diff(u, 2, axis=1)[1:-1],
    convolution=lambda u: scipy.signal.convolve2d(u, CROSS, mode="valid"),
    image=lambda u: scipy.ndimage.laplace(u)[1:-1, 1:-1],
    torch=lambda u: torch.nn.functional.conv2d(
        u[None, None], torch.as_tensor(CROSS, dtype=u.dtype)[None, None])[0, 0],
    jax=lambda u: jax.scipy.signal.convolve2d(u, jnp.asarray(CROSS, u.dtype), mode="valid"),
)  # fmt: skip
group(
    "box blur", lambda u: scipy.ndimage.uniform_filter(u, 5, mode="wrap"),
    {"positive": of(uniform(0, 1, 24, 24))},
    rolled=lambda u: sum(
        np.roll(u, (i, j), (0, 1)) for i in range(-2, 3) for j in range(-2, 3)) / 25,
    axes=lambda u: sum(
        np.roll(sum(np.roll(u, i, 0) for i in range(-2, 3)), j, 1) for j in range(-2, 3)) / 25,
    jax=lambda u: sum(jnp.roll(u, (i, j), (0, 1)) for i in range(-2, 3) for j in range(-2, 3)) / 25,
)  # fmt: skip

# Recurrences and steps in time


def decayed(x, a):
    y = np.zeros(len(x))
    for t in range(len(x)):
        y[t] = a * (y[t - 1] if t else 0.0) + x[t]
    return y


def decayed_jax(x, a):
    def step(y, now):
        y = a * y + now
        return y, y

    return jax.lax.scan(step, jnp.zeros_like(x[0]), x)[1]


group(
    "decaying sum", decayed, {"normal": of(normal(200), 0.9)},
    filter=lambda x, a: scipy.signal.lfilter([1.0], [1.0, -a], x),
    powers=lambda x, a: np.array([np.sum(a ** np.arange(t, -1, -1) * x[: t + 1])
                                  for t in range(len(x))]),
    totals=lambda x, a: np.cumsum(x * a ** -np.arange(len(x))) * a ** np.arange(len(x)),
    system=lambda x, a: np.linalg.solve(np.eye(len(x)) - a * np.eye(len(x), k=-1), x),
    jax=decayed_jax,
    jax_associative=lambda x, a: jax.lax.associative_scan(
        lambda p, q: (p[0] * q[0], p[1] * q[0] + q[1]), (jnp.full_like(x, a), x))[1],
)  # fmt: skip


def heat(u, r, steps):
    for _ in range(steps):
        u = u + r * (np.roll(u, 1) - 2 * u + np.roll(u, -1))
    return u


@njit
def heat_in_loops(u, r, steps):
    n = len(u)
    for _ in range(steps):
        after = np.empty_like(u)
        for i in range(n):
            after[i] = (1 - 2 * r) * u[i] + r * (u[i - 1] + u[(i + 1) % n])
        u = after
    return u


group(
    "heat", heat, {"normal": of(normal(64), 0.2, 60)},
    other_words=lambda u, r, steps: functools.reduce(
        lambda v, _: (1 - 2 * r) * v + r * (np.roll(v, 1) + np.roll(v, -1)), range(steps), u),
    fourier=lambda u, r, steps: np.fft.irfft(
        np.fft.rfft(u) * (1 - 2 * r + 2 * r * np.cos(2 * np.pi * np.arange(33) / 64)) ** steps, 64),
    matrix=lambda u, r, steps: np.linalg.matrix_power(
        (1 - 2 * r) * np.eye(64) + r * (np.roll(np.eye(64), 1, 0) + np.roll(np.eye(64), -1, 0)),
        steps) @ u,
    numba=heat_in_loops,
    jax=lambda u, r, steps: jax.lax.fori_loop(
        0, steps, lambda _, v: v + r * (jnp.roll(v, 1) - 2 * v + jnp.roll(v, -1)), u),
)  # fmt: skip


def lorenz(state, dt, steps):
    for _ in range(steps):
        x, y, z = state
        state = state + dt * np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])
    return state


def lorenz_in_other_words(state, dt, steps):
    x, y, z = state
    for _ in range(steps):
        x, y, z = (x + (10 * dt * y - 10 * dt * x), y + dt * (28 * x - x * z - y),
                   z + dt * x * y - dt * 8 * z / 3)  # fmt: skip
    return np.array([x, y, z])


@njit
def lorenz_numba(state, dt, steps):
    x, y, z = state
    for _ in range(steps):
        x, y, z = (
            x + dt * 10 * (y - x),
            (1 - dt) * y + dt * x * (28 - z),
            z + dt * (x * y - 8 / 3 * z),
        )
    return np.array([x, y, z])


group(
    "Lorenz", lorenz,
    {"short": of(normal(3), 0.005, 200), "longer": of(normal(3), 0.005, 1000)},
    other_words=lorenz_in_other_words, numba=lorenz_numba,
)  # fmt: skip


def oscillator(x, v, dt, steps):
    path = np.zeros((steps, 2))
    for n in range(steps):
        v = v - dt * x
        x = x + dt * v
        path[n] = x, v
    return path


def oscillator_by_matrix(x, v, dt, steps):
    step = np.array([[1 - dt * dt, dt], [-dt, 1]])
    state = np.array([x, v])
    path = []
    for _ in range(steps):
        state = step @ state
        path.append(state)
    return np.array(path)


group(
    "oscillator", oscillator, {"Python's floats": of(1.25, -0.5, 0.01, 400)},
    matrix=oscillator_by_matrix,
    powers=lambda x, v, dt, steps: np.array([
        np.linalg.matrix_power(np.array([[1 - dt * dt, dt], [-dt, 1]]), n + 1) @ np.array([x, v])
        for n in range(steps)]),
)  # fmt: skip


def rk4(y, dt, steps):
    def slope(y):
        return np.stack([y[1], -np.sin(y[0])])

    for _ in range(steps):
        a = slope(y)
        b = slope(y + dt / 2 * a)
        c = slope(y + dt / 2 * b)
        d = slope(y + dt * c)
        y = y + dt / 6 * (a + 2 * b + 2 * c + d)
    return y


def rk4_in_other_words(y, dt, steps):
    angle, speed = y[0], y[1]
    for _ in range(steps):
        a, b = speed * dt, -np.sin(angle) * dt
        c, d = (speed + b / 2) * dt, -np.sin(angle + a / 2) * dt
        e, f = (speed + d / 2) * dt, -np.sin(angle + c / 2) * dt
        g, h = (speed + f) * dt, -np.sin(angle + e) * dt
        angle = angle + a / 6 + c / 3 + e / 3 + g / 6
        speed = speed + b / 6 + d / 3 + f / 3 + h / 6
    return np.array([angle, speed])


def rk4_torch(y, dt, steps):
    def slope(y):
        return torch.stack([y[1], -torch.sin(y[0])])

    for _ in range(steps):
        a = slope(y)
        b = slope(y + 0.5 * dt * a)
        c = slope(y + 0.5 * dt * b)
        d = slope(y + dt * c)
        y = y + (dt * a + 2 * (dt * b + dt * c) + dt * d) / 6
    return y


group(
    "pendulum", rk4, {"ten of them": of(normal(2, 10), 0.05, 100)},
    other_words=rk4_in_other_words, torch=rk4_torch,
)  # fmt: skip


def charged(current, dt):
    """Fires when it reaches 1, and starts again from 0."""
    v = np.zeros(current.shape[1])
    fired = np.zeros(current.shape, dtype=bool)
    for t in range(len(current)):
        v = v + dt * (current[t] - v)
        fired[t] = v >= 1
        v = np.where(fired[t], 0.0, v)
    return fired, v


def charged_in_other_words(current, dt):
    v = np.zeros(current.shape[1])
    fired = []
    for now in current:
        v = (1 - dt) * v + dt * now
        fired.append(v >= 1)
        v = v * (v < 1)
    return np.array(fired), v


@njit
def charged_numba(current, dt):
    v = np.zeros(current.shape[1])
    fired = np.zeros(current.shape, np.bool_)
    for t in range(current.shape[0]):
        for i in range(current.shape[1]):
            v[i] += dt * current[t, i] - dt * v[i]
            if v[i] >= 1:
                fired[t, i] = True
                v[i] = 0
    return fired, v


group(
    "threshold", charged, {"noisy": of(lambda rng: 1.5 + rng.normal(size=(200, 40)), 0.1)},
    other_words=charged_in_other_words, numba=charged_numba,
)  # fmt: skip

# Geometry and particles


def apart_in_loops(x, y):
    d = np.zeros((len(x), len(y)))
    for i in range(len(x)):
        for j in range(len(y)):
            d[i, j] = math.sqrt(sum((x[i, k] - y[j, k]) ** 2 for k in range(x.shape[1])))
    return d


group(
    "distances", lambda x, y: np.sqrt(((x[:, None] - y[None]) ** 2).sum(axis=2)),
    {"normal": of(normal(20, 3), normal(15, 3)), "float32": of(
        normal(20, 5, dtype=np.float32), normal(15, 5, dtype=np.float32))},
    expanded=lambda x, y: np.sqrt((x**2).sum(1)[:, None] + (y**2).sum(1) - 2 * x @ y.T),
    loops=apart_in_loops,
    scipy=lambda x, y: scipy.spatial.distance.cdist(x, y),
    norm=lambda x, y: np.linalg.norm(x[:, None] - y, axis=-1),
    torch=lambda x, y: torch.cdist(x, y),
    jax=lambda x, y: jnp.linalg.norm(x[:, None] - y, axis=-1),
)  # fmt: skip
group(
    "length", lambda x: np.sqrt(np.sum(x**2)),
    {"of all sizes": of(wide(300)), "three": of(normal(3))},
    norm=lambda x: np.linalg.norm(x),
    hypot=lambda x: np.hypot.reduce(x),
    scaled=lambda x: np.abs(x).max() * np.sqrt(np.sum((x / np.abs(x).max()) ** 2)),
    torch=lambda x: torch.linalg.norm(x),
)  # fmt: skip


def pulls(x, m):
    d = x[None] - x[:, None]
    r = np.sqrt((d**2).sum(axis=2) + 0.01)
    return ((m / r**3)[:, :, None] * d).sum(axis=1)


@njit(fastmath=True)
def pulls_numba(x, m):
    a = np.zeros_like(x)
    for i in range(len(x)):
        for j in range(len(x)):
            r2 = 0.01
            for k in range(3):
                r2 += (x[j, k] - x[i, k]) ** 2
            for k in range(3):
                a[i, k] += m[j] * (x[j, k] - x[i, k]) / (r2 * math.sqrt(r2))
    return a


group(
    "gravity", pulls, {"normal": of(normal(40, 3), uniform(1, 2, 40))},
    numba=pulls_numba,
    matrix=lambda x, m: (lambda w: w @ x - w.sum(1)[:, None] * x)(
        m / (((x[None] - x[:, None]) ** 2).sum(axis=2) + 0.01) ** 1.5),
    einsum=lambda x, m: np.einsum(
        "ij,ijk->ik", m * (((x[None] - x[:, None]) ** 2).sum(2) + 0.01) ** -1.5, x - x[:, None]),
    jax=lambda x, m: jax.vmap(lambda y: jnp.sum(
        (m * (jnp.sum((x - y) ** 2, 1) + 0.01) ** -1.5)[:, None] * (x - y), 0))(x),
    torch=lambda x, m: torch.sum(
        (m * torch.rsqrt(torch.sum((x - x[:, None]) ** 2, 2) + 0.01) ** 3)[:, :, None]
        * (x - x[:, None]), 1),
)  # fmt: skip
group(
    "two powers", lambda r: 4 * (r**-12 - r**-6), {"near 1": of(uniform(0.95, 2, 200))},
    factors=lambda r: 4 * r**-6 * (r**-6 - 1),
    inverse=lambda r: 4 * ((1 / (r * r * r * r * r * r)) ** 2 - 1 / (r * r * r) ** 2),
)  # fmt: skip
group(
    "rotation", lambda x, a: x @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]),
    {"a Python float": of(normal(50, 2), 0.7)},
    complex=lambda x, a: (lambda z: np.stack([z.real, z.imag], 1))(
        (x[:, 0] + 1j * x[:, 1]) * np.exp(1j * a)),
    polar=lambda x, a: (lambda r, t: np.stack([r * np.cos(t + a), r * np.sin(t + a)], 1))(
        np.hypot(x[:, 0], x[:, 1]), np.arctan2(x[:, 1], x[:, 0])),
    shears=lambda x, a: (lambda u, v, t: (lambda u2: (lambda v2: np.stack(
        [u2 - t * v2, v2], 1))(v + np.sin(a) * u2))(u - t * v))(x[:, 0], x[:, 1], np.tan(a / 2)),
)  # fmt: skip
group(
    "area of a polygon", lambda x, y: 0.5 * np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)),
    {"normal": of(normal(30), normal(30))},
    trapezia=lambda x, y: 0.5 * np.sum((x + np.roll(x, -1)) * (np.roll(y, -1) - y)),
    dots=lambda x, y: 0.5 * (np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))),
    around=lambda x, y: 0.5 * np.sum(x * (np.roll(y, -1) - np.roll(y, 1))),
)  # fmt: skip
group(
    "area of a triangle",
    lambda a, b, c: np.sqrt((a + b + c) * (-a + b + c) * (a - b + c) * (a + b - c)) / 4,
    {"sides": of(uniform(1, 1.5, 80), uniform(1, 1.5, 80), uniform(1, 1.5, 80))},
    half_sum=lambda a, b, c: np.sqrt(
        (a + b + c) / 2 * ((a + b + c) / 2 - a) * ((a + b + c) / 2 - b) * ((a + b + c) / 2 - c)),
    cosine=lambda a, b, c: 0.5 * a * b * np.sin(np.arccos((a * a + b * b - c * c) / (2 * a * b))),
)  # fmt: skip
group(
    "great circle",
    lambda a, b, d: 2 * np.arcsin(np.sqrt(
        np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(d / 2) ** 2)),
    {"far": of(uniform(-1, 1, 80), uniform(-1, 1, 80), uniform(1, 2, 80))},
    cosines=lambda a, b, d: np.arccos(np.sin(a) * np.sin(b) + np.cos(a) * np.cos(b) * np.cos(d)),
    vectors=lambda a, b, d: np.arctan2(
        np.hypot(np.cos(b) * np.sin(d), np.cos(a) * np.sin(b) - np.sin(a) * np.cos(b) * np.cos(d)),
        np.sin(a) * np.sin(b) + np.cos(a) * np.cos(b) * np.cos(d)),
)  # fmt: skip

# Interpolation and integrals


def lagrange(x, y, t):
    total = np.zeros(len(t))
    for i in range(len(x)):
        weight = np.ones(len(t))
        for j in range(len(x)):
            if i != j:
                weight *= (t - x[j]) / (x[i] - x[j])
        total += y[i] * weight
    return total


def newton(x, y, t):
    c = y.copy()
    for k in range(1, len(x)):
        c[k:] = (c[k:] - c[k - 1 : -1]) / (x[k:] - x[:-k])
    value = np.zeros_like(t)
    for k in range(len(x) - 1, -1, -1):
        value = value * (t - x[k]) + c[k]
    return value


def barycentric(x, y, t):
    w = np.array([1 / np.prod(x[i] - np.delete(x, i)) for i in range(len(x))])
    table = w / (t[:, None] - x)
    return (table * y).sum(axis=1) / table.sum(axis=1)


group(
    "polynomial through points", lagrange,
    {"eight": of(lambda rng: np.arange(8) / 8, normal(8), uniform(0.01, 0.86, 40))},
    newton=newton, barycentric=barycentric,
    system=lambda x, y, t: np.vander(t, 8) @ np.linalg.solve(np.vander(x, 8), y),
    scipy=lambda x, y, t: scipy.interpolate.krogh_interpolate(x, y, t),
)  # fmt: skip


def linear(x, y, t):
    k = np.clip(np.searchsorted(x, t) - 1, 0, len(x) - 2)
    s = (t - x[k]) / (x[k + 1] - x[k])
    return (1 - s) * y[k] + s * y[k + 1]


group(
    "linear interpolation", linear,
    {"inside": of(increasing(40), normal(40), uniform(0.1, 0.9, 99))},
    numpy=lambda x, y, t: np.interp(t, x, y),
    jax=lambda x, y, t: jnp.interp(t, x, y),
    scipy=lambda x, y, t: scipy.interpolate.make_interp_spline(x, y, k=1)(t),
    hats=lambda x, y, t: np.sum(y * np.maximum(0, np.minimum(
        (t[:, None] - np.append(-9.0, x[:-1])) / np.diff(x, prepend=-9.0),
        (np.append(x[1:], 9.0) - t[:, None]) / np.diff(x, append=9.0))), axis=1),
)  # fmt: skip
group(
    "integral", lambda x, y: np.sum((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2),
    {"uneven": of(increasing(200), normal(200))},
    numpy=lambda x, y: np.trapezoid(y, x),
    weights=lambda x, y: np.dot(
        y, 0.5 * (np.append(x[1:], x[-1]) - np.append(x[0], x[:-1]))),
    cumulative=lambda x, y: scipy.integrate.cumulative_trapezoid(y, x)[-1],
    torch=lambda x, y: torch.trapezoid(y, x),
    jax=lambda x, y: jnp.trapezoid(y, x),
)  # fmt: skip
group(
    "Simpson", lambda n: np.sum(np.array([1, 4, 1]) @ np.exp(
        -np.stack([np.arange(n), np.arange(n) + 0.5, np.arange(n) + 1.0]) / n)) / (6 * n),
    {"sixty parts": of(60)},
    scipy=lambda n: scipy.integrate.simpson(np.exp(-np.linspace(0, 1, 2 * n + 1)), dx=1 / (2 * n)),
    loop=lambda n: in_turn([math.exp(-k / n) + 4 * math.exp(-(k + 0.5) / n) + math.exp(-(k + 1) / n)
                            for k in range(n)]) / (6 * n),
)  # fmt: skip

# Masks, complex numbers, arguments changed in place, Python's floats


def picked(x, y):
    out = y.copy()
    out[x > 0] = x[x > 0] ** 2 + y[x > 0]
    return out


@njit
def picked_numba(x, y):
    out = np.empty_like(y)
    for i in range(len(x)):
        if x[i] > 0:
            out[i] = y[i] + x[i] * x[i]
        else:
            out[i] = y[i]
    return out


group(
    "mask", lambda x, y: np.where(x > 0, x**2 + y, y), {"normal": of(normal(300), normal(300))},
    product=lambda x, y: y + (x > 0) * x * x,
    rectifier=lambda x, y: y + np.maximum(x, 0) ** 2,
    half=lambda x, y: y + x * (x + np.abs(x)) / 2,
    picked=picked, numba=picked_numba,
    torch=lambda x, y: torch.clamp(x, min=0) ** 2 + y,
)  # fmt: skip
group(
    "complex product", lambda z, w: (z * w, np.abs(z) ** 2, z / w),
    {"complex128": of(imaginary(100), imaginary(100)),
     "complex64": of(imaginary(100, dtype=np.complex64), imaginary(100, dtype=np.complex64))},
    parts=lambda z, w: (
        z.real * w.real - z.imag * w.imag + 1j * (z.real * w.imag + z.imag * w.real),
        z.real**2 + z.imag**2, z * w.conj() / np.abs(w) ** 2),
    polar=lambda z, w: (
        np.abs(z) * np.abs(w) * np.exp(1j * (np.angle(z) + np.angle(w))), (z * z.conj()).real,
        np.abs(z) / np.abs(w) * np.exp(1j * (np.angle(z) - np.angle(w)))),
    torch=lambda z, w: (torch.mul(w, z), torch.abs(z) ** 2, z * torch.reciprocal(w)),
    jax=lambda z, w: (w * z, jnp.real(z * jnp.conj(z)), z / w),
)  # fmt: skip
group(
    "complex matrix", lambda a, x: a @ x, {"normal": of(imaginary(20, 200), imaginary(200))},
    parts=lambda a, x: a.real @ x.real - a.imag @ x.imag + 1j * (a.real @ x.imag + a.imag @ x.real),
    einsum=lambda a, x: np.einsum("ij,j->i", a, x),
    torch=lambda a, x: torch.mv(a, x),
)  # fmt: skip


def normalise(x):
    x -= x.mean(axis=0)
    x /= np.sqrt((x**2).mean(axis=0))


def normalise_columns(x):
    for j in range(x.shape[1]):
        column = x[:, j] - np.sum(x[:, j]) / len(x)
        x[:, j] = column * (1 / np.std(column))


@njit
def normalise_numba(x):
    for j in range(x.shape[1]):
        mean = 0.0
        for i in range(x.shape[0]):
            mean += x[i, j]
        mean /= x.shape[0]
        square = 0.0
        for i in range(x.shape[0]):
            x[i, j] -= mean
            square += x[i, j] ** 2
        for i in range(x.shape[0]):
            x[i, j] /= math.sqrt(square / x.shape[0])


def normalise_torch(x):
    x.copy_((x - torch.mean(x, 0)) / torch.std(x, 0, correction=0))


def descended(w, x, y, rate, steps):
    for _ in range(steps):
        w -= rate * x.T @ (x @ w - y) / len(y)
    return np.mean((x @ w - y) ** 2)


def descended_by_moments(w, x, y, rate, steps):
    xx, xy = x.T @ x / len(y), x.T @ y / len(y)
    for _ in range(steps):
        w -= rate * (xx @ w - xy)
    return np.sum((y - x @ w) ** 2) / len(y)


def descended_torch(w, x, y, rate, steps):
    for _ in range(steps):
        w -= (rate / len(y)) * torch.matmul(x.T, torch.matmul(x, w) - y)
    return torch.mean((torch.matmul(x, w) - y) ** 2)


group(
    "normalised in place", normalise,
    {"normal": of(normal(200, 5)), "float32": of(normal(200, 5, dtype=np.float32))},
    columns=normalise_columns, numba=normalise_numba, torch=normalise_torch,
    jax=lambda x: (x - jnp.mean(x, axis=0)) / jnp.std(x, axis=0),
)  # fmt: skip
group(
    "descent in place", descended, {"normal": of(normal(6), normal(50, 6), normal(50), 0.1, 40)},
    moments=descended_by_moments, torch=descended_torch,
)  # fmt: skip


def vibration(amplitude, rate, decay, times):
    return amplitude * np.exp(-decay * times) * np.cos(rate * times)


group(
    "damped vibration", vibration,
    {"Python's floats": of(1.5, 7.25, 0.375, lambda rng: np.sort(rng.uniform(0, 3, 60)))},
    complex=lambda a, w, d, t: a * np.exp((1j * w - d) * t).real,
    two_exponentials=lambda a, w, d, t: (a / 2 * (
        np.exp((1j * w - d) * t) + np.exp((-1j * w - d) * t))).real,
    jax=lambda a, w, d, t: a * jnp.cos(w * t) / jnp.exp(d * t),
    torch=lambda a, w, d, t: torch.cos(w * t) * torch.exp(-d * t) * a,
)  # fmt: skip


def saved(start, rate, years):
    balance = np.zeros(years)
    money = start
    for year in range(years):
        money *= 1 + rate
        balance[year] = money
    return balance


group(
    "interest", saved, {"Python's floats": of(1000.0, 0.03125, 40)},
    powers=lambda start, rate, years: start * (1 + rate) ** np.arange(1, years + 1),
    logarithms=lambda start, rate, years: start * np.exp(
        np.arange(1, years + 1) * np.log1p(rate)),
    added=lambda start, rate, years: np.array(list(itertools.accumulate(
        range(years), lambda money, _: money + rate * money, initial=start))[1:]),
)  # fmt: skip
group(
    "roots of a quadratic",
    lambda a, b, c: ((-b + np.sqrt(b * b - 4 * a * c)) / (2 * a),
                     (-b - np.sqrt(b * b - 4 * a * c)) / (2 * a)),
    {"real": of(uniform(0.5, 1, 100), uniform(4, 5, 100), uniform(0.5, 1, 100))},
    stable=lambda a, b, c: (2 * c / (-b - np.sqrt(b * b - 4 * a * c)),
                            (-b - np.sqrt(b * b - 4 * a * c)) / (2 * a)),
    square=lambda a, b, c: (np.sqrt((b / a / 2) ** 2 - c / a) - b / a / 2,
                            -np.sqrt((b / a / 2) ** 2 - c / a) - b / a / 2),
)  # fmt: skip
group(
    "decimal steps", lambda n: np.cos(np.linspace(0.0, 3.0, n)) * np.linspace(0.0, 1.0, n),
    {"a grid made inside": of(301)},
    counted=lambda n: np.cos(3.0 * np.arange(n) / (n - 1)) * (np.arange(n) / (n - 1)),
    summed=lambda n: np.cos(np.cumsum(np.full(n, 3.0 / (n - 1))) - 3.0 / (n - 1))
    * np.arange(n) * (1.0 / (n - 1)),
    numba=njit(lambda n: np.array([math.cos(3.0 * i / (n - 1)) * i / (n - 1) for i in range(n)])),
)  # fmt: skip
group(
    "square root by Newton",
    lambda x: functools.reduce(lambda y, _: 0.5 * (y + x / y), range(12), np.ones_like(x)),
    {"positive": of(uniform(0.5, 9, 60))},
    numpy=lambda x: np.sqrt(x),
    power=lambda x: x**0.5,
    logarithm=lambda x: np.exp(0.5 * np.log(x)),
)  # fmt: skip
group(
    "winner and margin", lambda x, w: (np.argmax(x @ w, axis=1), np.max(x @ w, axis=1)),
    {"normal": of(normal(60, 200), normal(200, 8))},
    einsum=lambda x, w: (np.einsum("nk,kc->nc", x, w).argmax(1),
                         np.einsum("nk,kc->nc", x, w).max(1)),
    sorting=lambda x, w: (np.argsort((w.T @ x.T).T, axis=1)[:, -1], np.sort(x @ w, axis=1)[:, -1]),
    torch=lambda x, w: (torch.argmax(torch.matmul(x, w), 1), torch.amax(torch.matmul(x, w), 1)),
)  # fmt: skip
group(
    "small whole numbers", lambda x, w: (x * w).sum(axis=1) / w.sum(),
    {"integers": of(whole(9, 40, 30), lambda rng: rng.integers(1, 9, 30))},
    product=lambda x, w: x @ w / np.sum(w),
    shares=lambda x, w: x @ (w / w.sum()),
    mean=lambda x, w: np.average(x, axis=1, weights=w),
)  # fmt: skip
