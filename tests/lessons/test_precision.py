import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numba
import numpy as np
import torch
from portstudy import Ulps, assert_same_up_to_rounding


def test_float32_counts_to_2_to_the_24():
    """float32 has 24 binary digits and float64 has 53. They hold every integer up to 2**24 and
    2**53; beyond that only every second, then every fourth, and so on."""
    for number, digits in ((np.float32, 24), (np.float64, 53)):
        last = number(2**digits)
        assert int(last - number(1)) == 2**digits - 1
        assert int(last + number(1)) == 2**digits
        assert int(last + number(2)) == 2**digits + 2


def test_an_ulp_grows_with_its_number():
    """A unit in the last place (*ulp*) is the distance to the next number. It doubles at every
    power of two, so the same number of ulps is the same relative error, not the same difference."""
    assert np.spacing(np.float32(1)) == 2**-23
    assert np.spacing(np.float32(1000)) == 2**-14
    assert np.spacing(np.float64(1000)) == 2**-14 / 2**29
    # One addition is off by half an ulp at most: here the exact sum lies halfway, and is rounded.
    assert np.float32(1) + np.float32(2**-24) == 1


def test_most_decimal_fractions_are_not_there():
    """A tenth is not among the numbers: its neighbour takes its place before anything is computed.
    Multiples of a power of two (*dyadic* numbers) are exactly what they say."""
    assert 0.1 + 0.2 != 0.3
    assert Fraction(0.1) != Fraction(1, 10)
    assert 0.125 + 0.25 == 0.375
    assert Fraction(0.375) == Fraction(3, 8)


def test_numpy_adds_in_pairs():
    """NumPy's sum of a vector adds halves of halves, and loses almost nothing. A loop loses a
    little in each step, as the total grows. `math.fsum` loses nothing at all."""

    @numba.njit
    def loop(x):
        total = np.float32(0)
        for value in x:
            total += value
        return total

    x = np.full(2**20, 0.1, np.float32)
    exact = math.fsum(x)
    assert abs(x.sum() - exact) < 1e-6 * exact
    assert abs(loop(x) - exact) > 5e-3 * exact


def test_numpy_adds_in_pairs_along_the_last_axis():
    """It does so along the axis in which numbers lie side by side. Down the columns of an array it
    adds row after row, like the loop: the same numbers, a thousand times the error."""
    rows = np.full((2**20, 2), 0.1, np.float32)
    exact = math.fsum(rows[:, 0])
    down = abs(rows.sum(axis=0)[0] - exact)
    along = abs(rows.T.copy().sum(axis=1)[0] - exact)
    assert down > 1000 * along


def test_a_difference_of_large_numbers_keeps_the_errors():
    """When two large numbers almost cancel, what remains is their errors. The squared distance of
    two vectors, multiplied out, is the same in mathematics, and does not have one right digit
    here."""
    a, b = (10_000 + np.random.default_rng(0).normal(size=(2, 1000))).astype(np.float32)
    exact = math.fsum((a.astype(float) - b) ** 2)

    assert abs(((a - b) ** 2).sum() - exact) < 1e-6 * exact
    assert abs((a @ a - 2 * a @ b + b @ b) - exact) > 0.1 * exact


def test_neighbours_are_subtracted_exactly():
    """The subtraction is not to blame. It is exact for numbers within a factor of two of each other
    (Sterbenz's lemma): it only reveals the errors that were there before."""
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 2, 1000).astype(np.float32)

    def exactly(x, y):
        return [Fraction(float(a)) - Fraction(float(b)) for a, b in zip(x, y, strict=True)]

    near = x * rng.uniform(0.51, 1.99, 1000).astype(np.float32)
    far = 5 * x + np.float32(0.1)
    assert [Fraction(float(d)) for d in x - near] == exactly(x, near)
    assert [Fraction(float(d)) for d in x - far] != exactly(x, far)


def test_general_sums_differ_from_order_to_order():
    """Sums of general numbers in another order differ in the last digits, and NumPy, JAX, PyTorch
    and loops all have orders of their own."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=10_000).astype(np.float32)
    totals = {float(rng.permutation(x).cumsum()[-1]) for _ in range(10)}
    assert len(totals) > 1
    assert max(totals) - min(totals) < 1e-3


def test_dyadic_sums_agree_to_the_bit():
    """For multiples of 1/64 whose sums stay below 2**24 such units, every partial sum is exact. So
    no order can matter: all frameworks agree to the bit, in float32, `fastmath` included."""

    @numba.njit(fastmath=True)
    def loop(x):
        total = np.float32(0)
        for value in x:
            total += value
        return total

    rng = np.random.default_rng(0)
    x = (rng.integers(-64, 65, 10_000) / 64).astype(np.float32)
    totals = {float(rng.permutation(x).cumsum()[-1]) for _ in range(10)}
    totals |= {float(x.sum()), float(jnp.sum(x)), float(torch.tensor(x).sum()), loop(x)}
    assert totals == {math.fsum(x)}


def test_dyadic_sums_may_grow_too_large():
    """Dyadic numbers alone are not enough: if one of them is too large, sums go beyond 2**24 units,
    and orders differ again."""
    rng = np.random.default_rng(0)
    x = (rng.integers(-64, 65, 10_000) / 64).astype(np.float32)
    x[0], x[1] = 2.0**24, -(2.0**24)
    totals = {float(rng.permutation(x).cumsum()[-1]) for _ in range(10)}
    assert len(totals) > 1


def test_a_compiler_may_round_once_instead_of_twice():
    """`b + p * a` rounds twice, or once if a compiler makes one instruction of it (a fused
    multiply-add). Results then differ in the last bit here and there, and XLA is free to choose."""
    a, b = np.random.default_rng(0).uniform(-80, -40, (2, 10_000)).astype(np.float32)
    p = np.float32(0.005)

    twice = b + p * a
    once = (b.astype(float) + float(p) * a.astype(float)).astype(np.float32)
    assert 0 < (twice != once).mean() < 0.01

    compiled = np.asarray(jax.jit(lambda a, b: b + p * a)(a, b))
    assert ((compiled == twice) | (compiled == once)).all()


def test_a_power_of_two_leaves_no_choice():
    """If `p` is a power of two, the product is exact and rounding it changes nothing: there is one
    result, whatever the compiler does."""
    a, b = np.random.default_rng(0).uniform(-80, -40, (2, 10_000)).astype(np.float32)
    p = np.float32(1 / 128)

    twice = b + p * a
    once = (b.astype(float) + float(p) * a.astype(float)).astype(np.float32)
    fast = numba.njit(fastmath=True)(lambda a, b: b + p * a)
    assert (twice == once).all()
    assert (twice == jax.jit(lambda a, b: b + p * a)(a, b)).all()
    assert (twice == fast(a, b)).all()


def test_a_chaotic_system_forgets_its_first_digits():
    """When errors grow from step to step, the last bit soon decides everything: two runs of a
    chaotic map that start one ulp apart have nothing in common after some fifty steps."""
    near, far = 0.3, np.nextafter(0.3, 1)
    distances = []
    for _ in range(100):
        near, far = 4 * near * (1 - near), 4 * far * (1 - far)
        distances.append(abs(near - far))
    assert max(distances[:10]) < 1e-12
    assert max(distances[50:]) > 0.5


def test_a_rule_in_ulps_scales_with_its_value():
    """The rule `Ulps(4)` allows each value to differ by four units in the last place of the
    expected value: half a billion times as much in float32 as in float64."""
    expected = np.array([-65.0, 1.0, 1e-9])
    allowed = Ulps(4).allowed(expected)
    assert (allowed == 4 * np.spacing(np.abs(expected))).all()
    assert Ulps(4).allowed(expected[:2].astype(np.float32)).tolist() == [*(2**29 * allowed[:2])]


def test_a_floor_forgives_what_cancels():
    """Next to zero an ulp is next to nothing. If a value is what is left of larger ones, `floor`
    says how large these are, and the rule never counts in anything less than an ulp of that."""
    total = np.array([1e-9], np.float32)  # what is left of parts near 0.1
    off_by = 1e-9  # a small rounding error of these, and as large as the total
    assert Ulps(4).allowed(total) < off_by
    assert Ulps(4, floor=0.1).allowed(total) > off_by
    assert Ulps(4, floor=0.1).allowed(total) == 4 * np.spacing(np.float32(0.1))


def test_rounding_shrinks_with_precision_and_a_mistake_does_not():
    """The difference between two orders of summation is 2**29 times smaller in float64 than in
    float32. A missing term weighs the same in both. That tells rounding from a mistake, and nobody
    has to choose a tolerance."""
    numbers = np.random.default_rng(0).normal(size=(1000, 500)).astype(np.float32)

    def shrinks(f, g):
        single, double = (f(x) - g(x) for x in (numbers, numbers.astype(np.float64)))
        return np.linalg.norm(double) / np.linalg.norm(single)

    def total(x):
        return (x / 3).sum(axis=1)

    def one_by_one(x):
        return (x / 3).cumsum(axis=1)[:, -1]  # where `sum` adds in pairs

    def incomplete(x):
        return (x[:, 1:] / 3).sum(axis=1)

    assert 2**-31 < shrinks(total, one_by_one) < 2**-27
    assert shrinks(total, incomplete) > 0.99
    assert_same_up_to_rounding(total, one_by_one, numbers)


def test_the_precision_of_a_product_is_part_of_the_program():
    """JAX writes into the program how exact a matrix product has to be. `float32` asks for all
    digits, on every device; if you say nothing, the device decides."""
    a = jnp.ones((2, 2))

    def program():
        return str(jax.make_jaxpr(lambda a: a @ a)(a))

    assert "precision=" not in program()
    with jax.default_matmul_precision("float32"):
        assert "precision=(Precision.HIGHEST, Precision.HIGHEST)" in program()
    assert torch.get_float32_matmul_precision() == "highest"
