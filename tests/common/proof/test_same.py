"""The verdict on functions that no spec describes: what passes, what does not, what is said."""

import re
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from portstudy import Different, assert_same_up_to_rounding
from portstudy.backends import LIBRARIES
from portstudy.functions import seeded
from portstudy.proof.observation import call_once, observe
from portstudy.proof.same import library_of, ports_of

from tests.conftest import skipped_if_unavailable

rng = np.random.default_rng(0)
A, X = rng.normal(size=(300, 1700)), rng.normal(size=1700)


def product(a, x):
    return a @ x


def column_by_column(a, x):
    total = np.zeros(len(a))
    for j in range(a.shape[1]):
        total += a[:, j] * x[j]
    return total


def test_another_order_of_summation_is_the_same():
    verdict = assert_same_up_to_rounding(product, column_by_column, A, X)
    assert verdict.values == 300
    assert verdict.ulps > 1
    assert 1e-16 < verdict.resolution < 1e-12
    assert verdict.notes == ()


WRONG = {
    "a missing term": (lambda a, x: a[:, :-1] @ x[:-1], r"differs in 300 of 300 values"),
    "a digit": (
        lambda a, x: a @ x * (1 + 1e-11), r"each value is \(1 \+1e-11\) times what it should be$"
    ),
    "a factor": (lambda a, x: 2 * (a @ x), r"each value is 2 times what it should be$"),
    "a shift": (lambda a, x: a @ x + 0.25, r"each value is off by 0.25$"),
    "float32": (
        lambda a, x: (a.astype("f4") @ x.astype("f4")).astype("f8"),
        r"as large as float32's: is something computed in float32\?$",
    ),
    "a tolerance": (lambda a, x: np.round(a @ x, 9), r"a constant, a tolerance or an approximatio"),
    "one value": (
        lambda a, x: a @ x + 1e-10 * (np.arange(300) == 7),
        r"differs in 1 of 300 values, first at \[7\]: .* Not rounding, which may do .* ulps there$",
    ),
    "not a number": (lambda a, x: np.where(np.arange(300) == 3, np.nan, a @ x), r"first at \[3\]"),
}  # fmt: skip


@pytest.mark.parametrize(("port", "message"), WRONG.values(), ids=list(WRONG))
def test_mistakes_are_named(port, message):
    with pytest.raises(Different, match=message):
        assert_same_up_to_rounding(product, port, A, X)


def test_float32_is_judged_by_float64():
    narrow = A.astype("f4"), X.astype("f4")
    verdict = assert_same_up_to_rounding(product, lambda a, x: (a * x).sum(axis=1), *narrow)
    assert verdict.resolution < 1e-12
    with pytest.raises(Different, match=r"each value is \(1 \+1e-09\) times"):
        assert_same_up_to_rounding(
            product, lambda a, x: a @ x * (np.float64(1 + 1e-9) if a.dtype == "f8" else 1), *narrow
        )
    with pytest.raises(Different, match="computed in TF32, bfloat16 or half"):
        assert_same_up_to_rounding(
            product,
            lambda a, x: (a @ x if a.dtype == "f8" else a @ x.astype("f2").astype("f4")), *narrow,
        )  # fmt: skip


def changes(a, x):
    a += x
    x[0] = 7.0


@pytest.mark.parametrize(
    "port",
    [
        lambda a, x: changes(a, x),
        lambda a, x: (a + x, np.concatenate([[7.0], x[1:]])),
        lambda a, x: (np.concatenate([[7.0], x[1:]]), a + x),  # the order is seen by their shapes
    ],
)
def test_what_is_changed_in_place_may_be_changed_or_returned(port):
    a = A.copy()
    verdict = assert_same_up_to_rounding(changes, port, a, X)
    assert verdict.values == A.size + X.size
    assert (a == A).all()  # each call had copies


def test_changes_that_are_missing_are_said():
    def returns_one(a, x):
        return a + x

    with skipped_if_unavailable("jax"):
        LIBRARIES["jax"]()
    verdict = assert_same_up_to_rounding(changes, returns_one, A, X, library="jax")
    assert verdict.notes == (
        "not compared: x, which the original changes in place and changes/g neither changes nor "
        "returns",
    )
    with pytest.raises(Different, match="neither changes nor returns x, which the original"):
        assert_same_up_to_rounding(changes, returns_one, A, X)
    with pytest.raises(Different, match="neither changes nor returns a, x, which the original"):
        assert_same_up_to_rounding(changes, lambda a, x: None, A, X)
    with pytest.raises(Different, match="changes an argument in place, which the original leaves"):
        assert_same_up_to_rounding(lambda a, x: a + x, lambda a, x: a.__iadd__(x), A, X)


def test_an_array_changed_and_returned_is_one_output():
    def both(a):
        a[:] = 2 * a
        return a

    assert_same_up_to_rounding(both, lambda a: a + a, A)


@dataclass
class Network:
    weights: np.ndarray
    steps: int = 3


class Simulation:
    def __init__(self, network):
        self.network, self.time = network, 0.0


def run(simulation, *, mode, generator, nothing=None):
    for _ in range(simulation.network.steps):
        simulation.network.weights += generator.normal(size=simulation.network.weights.shape)
        simulation.time += 0.1
    return {"mean": simulation.network.weights.mean(), "mode": mode, "nothing": nothing}


def run_otherwise(simulation, *, nothing=None, generator, mode):
    simulation.time += 0.1 + 0.1 + 0.1
    for _ in range(simulation.network.steps):
        simulation.network.weights += generator.normal(size=simulation.network.weights.shape)
    total = simulation.network.weights[::-1].sum()
    return {"mode": mode, "nothing": None, "mean": total / simulation.network.weights.size}


def test_arguments_as_people_write_them():
    def arguments():
        return {"mode": "fast", "generator": np.random.default_rng(7)}

    simulation = Simulation(Network(X.copy()))
    verdict = assert_same_up_to_rounding(run, run_otherwise, simulation, **arguments())
    assert verdict.values == 2 + X.size  # the mean, the time, the weights
    with pytest.raises(Different, match=r"mode is 'fast!'; expected 'fast'"):
        assert_same_up_to_rounding(
            run, lambda s, *, mode, generator: run(s, mode=mode + "!", generator=generator),
            simulation, **arguments(),
        )  # fmt: skip


def test_draws_from_the_global_generator_are_seeded():
    def jitter(x):
        return x + np.random.random(len(x))  # noqa: NPY002

    assert_same_up_to_rounding(jitter, lambda x: np.random.random(len(x)) + x, X)  # noqa: NPY002
    with pytest.raises(Different, match=r"differs between two calls with the same .* random"):
        assert_same_up_to_rounding(jitter, lambda x: np.random.default_rng().normal(size=1700), X)
    with seeded():
        first = np.random.random()  # noqa: NPY002
    with seeded():
        assert first == np.random.random()  # noqa: NPY002


def test_python_numbers_stay_what_they_are():
    kinds = []

    def note(x, dt, n, flag, z):
        kinds.append((type(dt), type(n), type(flag), type(z)))
        return x * dt

    assert_same_up_to_rounding(note, note, X, 0.1, 3, True, 1j)
    assert set(kinds) == {(float, int, bool, complex)}


def test_hard_coded_float64_is_seen_through():
    """`np.zeros(n)` keeps a function in float64 whatever it is given; its noise is found still."""

    def relax(n, steps, alpha):
        u = np.zeros(n)
        u[n // 3] = 1.0
        for _ in range(steps):
            u[1:-1] = u[1:-1] + alpha * (u[2:] - 2 * u[1:-1] + u[:-2])
        return u

    def relax_factored(n, steps, alpha):
        u = np.zeros(n)
        u[n // 3] = 1.0
        for _ in range(steps):
            u[1:-1] = (1 - 2 * alpha) * u[1:-1] + alpha * (u[2:] + u[:-2])
        return u

    verdict = assert_same_up_to_rounding(relax, relax_factored, 100, 2000, 0.3)
    assert verdict.resolution < 1e-11
    with pytest.raises(Different):
        assert_same_up_to_rounding(
            relax,
            lambda n, steps, alpha: relax_factored(n, steps, alpha * (1 + 1e-11)),
            100,
            2000,
            0.3,
        )


def test_a_value_on_a_threshold_may_fall_either_way():
    def hot(x):
        return x, x > 0.5

    x = np.concatenate([rng.uniform(size=999), [0.1 + 0.2 + 0.2]])
    x[-1] = 0.5
    verdict = assert_same_up_to_rounding(hot, lambda x: (x, x * (1 + 2**-52) > 0.5), x)
    assert re.match(r"output\[1\]: 1 of 1,000 values lie where rounding decides", verdict.notes[0])
    with pytest.raises(Different, match="Not rounding: inputs moved in their last place change"):
        assert_same_up_to_rounding(hot, lambda x: (x, x > 0.4), rng.uniform(size=1000))


def test_an_integer_type_may_be_another():
    def counts(x):
        return np.bincount(np.abs(x).astype(int))

    verdict = assert_same_up_to_rounding(counts, lambda x: counts(x).astype(np.int32), X)
    assert verdict.notes == ("counts/g gives output as int32, the original as int64",)
    with pytest.raises(Different, match="has dtype float64; expected int64"):
        assert_same_up_to_rounding(counts, lambda x: counts(x) * 1.0, X)


@pytest.mark.filterwarnings("ignore")
def test_what_a_call_does_besides_is_noted():
    def noisy(x):
        print("step")
        warnings.warn("slow", stacklevel=1)
        return x * 2

    _, port, arguments = ports_of(noisy, noisy, (X,), {})
    assert observe(port, arguments).notes == (
        "g prints in each call, which is part of its time", "g warns: UserWarning: slow",
    )  # fmt: skip
    assert not call_once(port, arguments).fresh


@pytest.mark.parametrize(
    ("source", "library"),
    [
        ("import numpy as np\nf = np.sin", "numpy"),
        ("import numpy as np\ndef f(x): return np.sin(x)", "numpy"),
        ("import jax.numpy as jnp\ndef f(x): return jnp.sin(x)", "jax"),
        ("from jax.numpy import sin\ndef g(x): return sin(x)\ndef f(x): return g(x)", "jax"),
        ("import jax\nf = jax.jit(lambda x: x)", "jax"),
        ("import numba\n@numba.njit\ndef f(x): return x", "numba"),
        ("import torch\ndef f(x): return torch.sin(x)", "torch"),
        ("import torch\n@torch.compile\ndef f(x): return x + x.sin()", "torch"),
    ],
)
def test_the_library_is_read_off_a_function(source, library):
    with skipped_if_unavailable(library):
        LIBRARIES[library]()
    space: dict = {}
    exec(source, space)
    assert library_of(space["f"]) == library


@pytest.mark.parametrize("library", ["jax", "numba", "torch"])
def test_a_port_in_each_library(library):
    with skipped_if_unavailable(library):
        LIBRARIES[library]()
    if library == "jax":
        import jax

        port = jax.jit(lambda a, x: a @ x)
    elif library == "numba":
        import numba

        @numba.njit
        def port(a, x):
            total = np.zeros(len(a))
            for i in range(len(a)):
                for j in range(len(x)):
                    total[i] += a[i, j] * x[j]
            return total
    else:
        port = product
    for dtype in ("f8", "f4"):
        arguments = A.astype(dtype), X.astype(dtype)
        assert_same_up_to_rounding(product, port, *arguments, library=library)


def test_memory_that_nothing_was_written_to_is_found():
    def tail_is_zero(x):
        y = np.zeros_like(x)
        y[:5] = x[:5]
        return y

    def tail_is_luck(x):
        y = np.empty(len(x))
        y[:5] = x[:5]
        y[y > 1e3] = 0  # and whatever else there may be
        y[5:] *= 0
        return y

    with pytest.raises(Different, match="depends on memory that nothing was written to"):
        assert_same_up_to_rounding(tail_is_zero, tail_is_luck, np.ones(10))


def test_a_sum_whose_order_is_chance_is_the_same():
    turn = iter(range(10**6))

    def unsteady(a, x):
        return a @ x if next(turn) % 2 else column_by_column(a, x)

    verdict = assert_same_up_to_rounding(product, unsteady, A, X)
    assert "product/g differs in its last digits between calls with the same" in verdict.notes[-1]


def test_a_result_that_is_float32_whatever_it_is_given():
    def narrow(a, x):
        return sum((a[:, j] * x[j] for j in range(len(x))), np.zeros(len(a), "f4")).astype("f4")

    assert_same_up_to_rounding(product, narrow, A.astype("f4"), X.astype("f4"))
    with pytest.raises(Different, match="has dtype float32; expected float64"):
        assert_same_up_to_rounding(product, narrow, A, X)
    with pytest.raises(Different, match=r"of 300 values.*Not rounding"):
        assert_same_up_to_rounding(
            product, lambda a, x: narrow(a, x) * np.float32(1.001), A.astype("f4"), X.astype("f4")
        )


def test_a_part_that_is_float32_whatever_it_is_given():
    """Right for float32 arguments, and judged there; a mistake for float64 ones."""

    def stored(a, x):
        total = np.zeros(len(a), "f4")
        for j in range(a.shape[1]):
            total += a[:, j] * x[j]
        return total

    verdict = assert_same_up_to_rounding(
        lambda a, x: product(a, x).astype("f4"), stored, A.astype("f4"), X.astype("f4")
    )
    assert 1e-7 < verdict.resolution < 1e-4
    with pytest.raises(Different, match="has dtype float32; expected float64"):
        assert_same_up_to_rounding(product, stored, A, X)


def test_a_port_may_change_what_the_original_returns_as_well():
    def both(a):
        a[:] = 2 * a
        return a

    def alone(a):
        a += a

    assert assert_same_up_to_rounding(both, alone, A).values == A.size


def test_what_a_port_returns_besides_is_not_compared():
    verdict = assert_same_up_to_rounding(changes, lambda a, x: (changes(a, x), 3.0)[1:], A, X)
    assert verdict.notes == ("not compared: output[0] of changes/g; the original returns nothing",)


def test_a_port_that_remembers_is_found():
    known: list = []

    def remembers_first(a, x):
        if not known:
            known.append(a @ x)
        return known[0]

    with pytest.raises(Different, match="remembers what it returned: it gives the same for other"):
        assert_same_up_to_rounding(product, remembers_first, A, X)


def test_sparse_matrices_and_what_is_no_array():
    sparse = pytest.importorskip("scipy.sparse")

    def scaled(m, x):
        return m * 3, m @ x, (value for value in x)

    def otherwise(m, x):
        return (m.T * 3).T.tocsr(), m.toarray()[:, ::-1] @ x[::-1], iter(x)

    matrix = sparse.random(60, 1700, density=0.5, rng=0, format="csr")
    verdict = assert_same_up_to_rounding(scaled, otherwise, matrix, X)
    assert verdict.values == 60 * 1700 + 60
    assert verdict.notes == ("output[2] was not compared: generator is no array",)


def test_inputs_that_float32_cannot_hold():
    assert_same_up_to_rounding(lambda x: x * 3, lambda x: 3 * x, X * 1e60)


def test_unwritten_memory_of_small_integers():
    def counted(x):
        found = np.empty(len(x), np.int8)
        found[:] = x > 0
        return found

    assert_same_up_to_rounding(counted, lambda x: (x > 0).astype(np.int8), X)
