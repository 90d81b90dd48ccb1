import warnings
from functools import reduce
from operator import add

import jax
import jax.numpy as jnp
import numba
import numpy as np
import pytest
from portstudy.pages.readme import link
from portstudy.pages.recorded import Comparison, Result, read
from portstudy.show.text import markdown_table, times

NAMES = {"numpy": "NumPy", "jax": "JAX", "numba": "Numba", "torch": "PyTorch"}
TIE = 1.5
"""Recorded on a shared machine: of two ports that are nearer to each other, none is the faster."""


def fastest() -> list[tuple[Comparison, dict[str, Result], set[str]]]:
    """Of kernels with results of JAX and of Numba: each library's fastest port, and who leads."""
    rows = []
    for found in read().everything():
        best = {library: top for library in NAMES if (top := found.best_of(library))}
        if {"jax", "numba"} <= set(best):
            limit = TIE * min(top.ratio for top in best.values())
            leaders = {library for library, top in best.items() if top.ratio <= limit}
            rows.append((found, best, leaders))
    return rows


def winners() -> str:
    """The same as a table for the note."""
    rows = []
    for found, best, leaders in fastest():
        cells = [f"[{found.name}](../implementations/{found.name}/spec.py), {found.size}"]
        for library in NAMES:
            bold = "**" if library in leaders else ""
            top = best.get(library)
            cells.append(f"{bold}{times(top.gain)}{bold} {link(top)}" if top else "")
        rows.append(cells)
    counts = []
    for library, name in NAMES.items():
        led = [leaders for _, _, leaders in fastest() if library in leaders]
        alone = sum(len(leaders) == 1 for leaders in led)
        counts.append(f"{name} is among the fastest in {len(led)}, in {alone} of them alone")
    captions = sorted({f"*{found.caption}.*" for found, _, _ in fastest()})
    summary = f"Of {len(rows)} kernels, {'; '.join(counts)}."
    table = markdown_table(["kernel", *NAMES.values()], rows, "lllll")
    return "\n\n".join([table, summary, *captions])


def test_no_library_is_the_fastest_everywhere():
    """In the results recorded here, each of the four is among the fastest for some kernels, and is
    not for others."""
    led = [leaders for _, _, leaders in fastest()]
    for library in ("numpy", "jax", "numba", "torch"):
        assert 0 < sum(library in leaders for leaders in led) < len(led)


def test_numba_compiles_the_loop_as_it_stands():
    """Numba compiles the function as written, with its `if`, its `return` from the middle of a
    loop, its assignments. The Python function is still there, as `py_func`, and does the same
    slowly."""

    @numba.njit
    def first_above(x, threshold):
        for i in range(len(x)):
            if x[i] > threshold:
                return i
        return -1

    x = np.array([0.0, 0.5, 2.0, 1.0, 3.0])
    for compiled_or_not in (first_above, first_above.py_func):
        assert compiled_or_not(x, 1.5) == 2
        assert compiled_or_not(x, 9.0) == -1


def test_jax_needs_the_loop_in_other_words():
    """JAX calls the function once with a placeholder, which has no number for an `if` to test.
    Where the loop ends must be said by `while_loop`, whose condition and body are functions."""

    def first_above(x, threshold):
        def is_below(i):
            return (i < len(x)) & (x[i] <= threshold)

        i = jax.lax.while_loop(is_below, lambda i: i + 1, 0)
        return jnp.where(i < len(x), i, -1)

    def with_if(x, threshold):
        for i in range(len(x)):
            if x[i] > threshold:
                return i
        return -1

    x = jnp.array([0.0, 0.5, 2.0, 1.0, 3.0])
    assert jax.jit(first_above)(x, 1.5) == 2
    assert jax.jit(first_above)(x, 9.0) == -1
    with pytest.raises(jax.errors.TracerBoolConversionError):
        jax.jit(with_if)(x, 1.5)


def test_numba_writes_in_place():
    """Numba gets the array itself and may write into it: nothing is copied, and the caller sees the
    change. A JAX array cannot be written into; `at` makes another."""

    @numba.njit
    def clip(x):
        for i in range(len(x)):
            x[i] = min(x[i], 1.0)

    x = np.array([0.5, 2.0])
    clip(x)
    assert x.tolist() == [0.5, 1.0]

    x = jnp.array([0.5, 2.0])
    with pytest.raises(TypeError, match="immutable"):
        x[1] = 1.0
    assert x.at[1].set(1.0).tolist() == [0.5, 1.0]
    assert x.tolist() == [0.5, 2.0]


def test_numba_may_return_what_the_data_ask_for():
    """In Numba the length of a result may depend on the data. JAX must know it while it traces: it
    refuses, or is told a length and pads the result."""

    def evens(x):
        return x[x % 2 == 0]

    x = np.array([3, 4, 5, 6])
    assert numba.njit(evens)(x).tolist() == [4, 6]
    with pytest.raises(jax.errors.NonConcreteBooleanIndexError):
        jax.jit(evens)(x)

    @jax.jit
    def padded(x):
        (where,) = jnp.nonzero(x % 2 == 0, size=3, fill_value=-1)
        return jnp.where(where < 0, 0, x[where])

    assert padded(x).tolist() == [4, 6, 0]


def test_numba_compiles_by_type_and_jax_by_shape():
    """Numba compiles for a dtype, a number of axes and a memory layout: a slice with a step is
    another type, another length is not. JAX compiles for a dtype and a shape: another length is
    another program."""
    traced = []

    def total(x):
        traced.append(x.shape)  # JAX runs this line when it compiles, and only then
        return x.sum()

    by_numba, by_jax = numba.njit(lambda x: x.sum()), jax.jit(total)
    for x in (np.ones(4), np.ones(6), np.ones(8)[::2]):
        assert by_numba(x) == by_jax(x) == len(x)
    assert len(by_numba.signatures) == 2  # contiguous, or not
    assert traced == [(4,), (6,)]  # a layout is no matter to it: what arrives is contiguous


def test_numba_adds_in_the_order_written():
    """Numba keeps the order of a sum, to the bit, as the Python loop does. `fastmath=True` lets it
    choose another: it may add several numbers at once, and the last digits are not fixed."""

    def total(x):
        s = 0.0
        for value in x:
            s += value
        return s

    strict, fast = numba.njit(total), numba.njit(fastmath=True)(total)
    x = np.random.default_rng(0).normal(size=1000)
    assert strict(x) == reduce(add, x.tolist())
    assert abs(fast(x) - strict(x)) < 1000 * np.finfo(float).eps * np.abs(x).sum()

    def may_reorder(function):  # what the compiler was told, in its own language
        return "fadd fast" in function.inspect_llvm(function.signatures[0])

    assert may_reorder(fast)
    assert not may_reorder(strict)


def test_prange_adds_up_over_threads():
    """If a `prange` loop only adds to a variable, Numba takes it for a sum over all threads, and no
    count is lost."""

    @numba.njit(parallel=True)
    def count(x):
        positive = 0
        for i in numba.prange(len(x)):
            if x[i] > 0:
                positive += 1
        return positive

    x = np.random.default_rng(0).normal(size=1000)
    assert count(x) == (x > 0).sum()


def test_prange_warns_of_a_variable_that_is_overwritten():
    """A variable that every turn of a `prange` loop overwrites has no last value, because no turn
    is the last. Numba warns, and compiles it all the same."""

    @numba.njit(parallel=True)
    def last(x):
        value = 0.0
        for i in numba.prange(len(x)):
            value = x[i]
        return value

    x = np.arange(1000.0)
    with pytest.warns(numba.NumbaParallelSafetyWarning, match="may be written to simultaneously"):
        assert last(x) in x


def test_prange_does_not_warn_where_threads_meet_in_an_array():
    """If two threads may add to the same element of an array, counts may be lost, and Numba does
    not warn."""

    @numba.njit(parallel=True)
    def histogram(group):
        count = np.zeros(2, np.int64)
        for i in numba.prange(len(group)):
            count[group[i]] += 1  # reads, adds, writes: another thread may write in between
        return count

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert histogram(np.arange(1000) % 2).sum() <= 1000


def test_prange_is_no_prange_with_a_return():
    """A `prange` loop that can be left early does not run in parallel: Numba warns, and the result
    is that of the plain loop."""

    @numba.njit(parallel=True)
    def first_above(x, threshold):
        for i in numba.prange(len(x)):
            if x[i] > threshold:
                return i
        return -1

    with pytest.warns(numba.NumbaPerformanceWarning) as caught:
        assert first_above(np.arange(1000.0), 1.5) == 2
    assert "more than one entry to or exit from the loop" in str(caught[0].message)


def test_jax_differentiates_its_loops():
    """JAX derives the gradient of a whole simulation, loop included. Numba has no derivatives, and
    JAX cannot see into a function compiled by Numba."""

    def decay(rate):
        return jax.lax.fori_loop(0, 10, lambda _, x: x - rate * x, 1.0)  # (1 - rate)**10

    assert np.isclose(jax.grad(decay)(0.1), -10 * 0.9**9)

    @numba.njit
    def compiled(rate):
        x = 1.0
        for _ in range(10):
            x -= rate * x
        return x

    assert np.isclose(compiled(0.1), decay(0.1))
    with pytest.raises(numba.TypingError):
        jax.grad(compiled)(0.1)


def test_vmap_and_vectorize():
    """`vmap` turns a function of one thing into a function of many. Numba's `vectorize` does so for
    functions of numbers, and makes a NumPy ufunc; `vmap` takes functions of arrays as well."""

    def hypotenuse(a, b):
        return (a * a + b * b) ** 0.5

    a, b = np.array([3.0, 5.0]), np.array([4.0, 12.0])
    ufunc = numba.vectorize(hypotenuse)
    assert ufunc(a, b).tolist() == jax.vmap(hypotenuse)(a, b).tolist() == [5, 13]
    assert ufunc(a[:, None], b).shape == (2, 2)  # broadcast, as ufuncs do

    def normalised(row):
        return row / row.sum()

    rows = np.arange(6.0).reshape(2, 3)
    assert np.allclose(jax.vmap(normalised)(rows).sum(axis=1), 1)
    with pytest.raises(numba.TypingError):  # a number has no sum
        numba.vectorize(normalised)(rows)


def test_numba_reads_a_jax_array_and_does_not_write_it():
    """On a CPU, a compiled Numba function also accepts a JAX array, and may read it. Writing into
    it is refused when the function is compiled."""

    @numba.njit
    def total(x):
        s = 0.0
        for value in x:
            s += value
        return s

    @numba.njit
    def clear(x):
        x[0] = 0

    x = jnp.arange(4.0)
    assert total(x) == 6
    with pytest.raises(numba.TypingError, match="readonly"):
        clear(x)
