"""Operations are counted in what JAX traces: by shape, and as often as loops really run."""

import math
from functools import partial

import numpy as np
import pytest
from portstudy import EXPONENTIAL

jax = pytest.importorskip("jax")
jnp, lax = jax.numpy, jax.lax

from portstudy.measure.operations import operations  # noqa: E402

MATRIX = np.random.default_rng(0).normal(size=(24, 24)).astype("float32")
ROW = MATRIX[0]


def count(function, *arguments) -> float:
    placed = tuple(jnp.asarray(x) if hasattr(x, "dtype") else x for x in arguments)
    return operations(function, placed).operations


LOOP_FREE = {
    "a product": (lambda a: a @ a, MATRIX),
    "a product of a row": (lambda a: a[3] @ a, MATRIX),
    "batched products": (lambda a: jnp.einsum("bij,bjk->bik", a, a), MATRIX.reshape(4, 12, 12)),
    "whole arrays": (lambda a: a * a + 2 * a - 1 / a, MATRIX),
    "sums": (lambda a: (a.sum(axis=0) + a.max()) * 2, MATRIX),
    "a convolution": (lambda a: jnp.convolve(a, a[:5], mode="valid"), ROW),
    "a padded convolution": (lambda a: jnp.convolve(a, a), ROW),
    "an update": (lambda a: a.at[3].add(a[0] * a[1]), MATRIX),
    "calls in calls": (jax.jit(lambda a: jax.checkpoint(jax.nn.relu)(a) + a), MATRIX),
    "a gradient": (jax.grad(lambda a: (a @ ROW) @ ROW), MATRIX),
}


@pytest.mark.parametrize("name", LOOP_FREE)
def test_without_loops_it_is_what_xla_counts(name):
    function, argument = LOOP_FREE[name]
    analysis = jax.jit(function).lower(jnp.asarray(argument)).compile().cost_analysis()
    assert count(function, argument) == pytest.approx(analysis["flops"], rel=0.05)


def halved(x, times):
    return lax.fori_loop(0, times, lambda i, y: y / 2 + 1, x)


def triangle(x, times):
    """The inner loop gets longer: 0 + 1 + 2 ... passes."""
    return lax.fori_loop(0, times, lambda i, y: lax.fori_loop(0, i, lambda j, z: z * 2, y), x)


def newton(x):
    """As many passes as it takes: 2, 1.5, 1.41667, and 1.414216 is near enough."""
    return lax.while_loop(lambda y: jnp.abs(y * y - 2) > 1e-5, lambda y: (y + 2 / y) / 2, x)


@jax.jit
def branched(x, switch):
    return lax.cond(switch, lambda y: y @ y, lambda y: y + 1, x)


NUMBER = np.float32(2)
COUNTED = {
    "a loop": (halved, (ROW, 7), 7 * 2 * 24),
    "a loop whose length is traced": (jax.jit(halved), (ROW, 7), 7 * 2 * 24),
    "a loop in a loop": (jax.jit(triangle), (ROW, 9), 36 * 24),
    # Before each pass a square, a difference and its size; in it a quotient, a sum and a half.
    "until it is near enough": (newton, (NUMBER,), 3 * (3 + 3)),
    "a scan": (partial(lax.scan, lambda c, x: (c + x, c * x)), (NUMBER, ROW), 24 * 2),
    "one branch": (branched, (MATRIX, True), 2 * 24**3),
    "the other branch": (branched, (MATRIX, False), 24**2),
    "an exponential": (lambda x: jnp.exp(x), (ROW,), EXPONENTIAL * 24),
    "a factor": (lambda a: jnp.linalg.solve(a, a[0]), (MATRIX,), 24**3 * 2 / 3 + 2 * 24**2),
    "a complex product": (lambda a: lax.dot(a, a), (MATRIX.astype("complex64"),), 8 * 24**3),
    "a transform": (jnp.fft.fft, (ROW.astype("complex64"),), 5 * 24 * math.log2(24)),
    "indices and comparisons": (lambda a: jnp.where(a > 0, a, 0)[::2].T, (MATRIX,), 0),
    "numbers from nowhere": (lambda a: a * jnp.arange(24.0) + jnp.eye(24), (MATRIX,), 2 * 24**2),
    "more than float32 counts": (halved, (MATRIX, 2**15), 2**15 * 2 * 24**2),
}


@pytest.mark.parametrize("name", COUNTED)
def test_loops_and_branches_are_counted_as_they_run(name):
    function, arguments, expected = COUNTED[name]
    assert count(function, *arguments) == pytest.approx(expected, rel=1e-3)


def test_under_vmap_a_loop_goes_on_until_all_have_ended():
    starts = np.array([1.5, 2, 1000], np.float32)
    slowest = max(count(newton, x) for x in starts)
    assert count(jax.vmap(newton), starts) == pytest.approx(3 * slowest)


def test_in_float64_too():
    with jax.enable_x64(True):
        assert count(jax.jit(halved), ROW.astype("float64"), 7) == 7 * 2 * 24


def test_what_has_no_rule_is_named():
    assert operations(jnp.linalg.eigvalsh, (jnp.asarray(MATRIX),)).unseen == ("eigh",)
    assert operations(jnp.sin, (jnp.asarray(ROW),)).unseen == ()


def test_what_cannot_be_traced_raises():
    with pytest.raises(jax.errors.ConcretizationTypeError):
        count(lambda x: x if float(x) > 0 else -x, NUMBER)
