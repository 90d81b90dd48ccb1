"""`portstudy where`: the line at which a port goes wrong."""

import numpy as np
import pytest
from portstudy.find import load, reference_of
from portstudy.measure import machine
from portstudy.show.where import hint
from portstudy.where.answer import answer
from portstudy.where.guess import guess
from portstudy.where.search import Search
from portstudy.where.uncompiled import Uncompiled, arrays

from tests.common.cli.test_cli import portstudy

HERE = machine.versions()
needs_numba = pytest.mark.skipif(not HERE["numba"], reason="numba is not here")
needs_jax = pytest.mark.skipif(not HERE["jax"], reason="jax is not here")

BEFORE = """
import numpy as np
def inputs(rng, n=50, steps=20):
    return rng.normal(size=(n, n)) / n, rng.normal(size=n), steps
def relax(weights, x, steps):
    for _ in range(steps):
        drive = weights @ x
        x = 0.9 * x + 0.1 * np.tanh(drive)
    return x, (x**2).sum()
"""
NUMPY = """
import numpy as np
def relax(w, y, steps):
    for _ in range(steps):
        pushed = (w * y).sum(axis=1)
        squashed = np.tanh(pushed)
        y = y + 0.1 * (squashed - y)
    return y, np.dot(y, y)
"""
JAX = """
import jax
import jax.numpy as jnp
from functools import partial
@partial(jax.jit, static_argnames="steps")
def relax(w, y, steps):
    def step(y, _):
        pushed = w @ y
        squashed = jnp.tanh(pushed)
        return y + 0.1 * (squashed - y), None
    y, _ = jax.lax.scan(step, y, length=steps)
    return y, jnp.sum(y * y)
"""
NUMBA = """
import numpy as np
from numba import njit
from near import squash
@njit
def relax(w, y, steps):
    y = y.copy()
    new = np.empty_like(y)
    for _ in range(steps):
        for i in range(len(y)):
            total = 0.0
            for j in range(len(y)):
                total += w[i, j] * y[j]
            new[i] = 0.9 * y[i] + 0.1 * squash(total)
        y[:] = new
    return y, (y * y).sum()
"""
NEAR = """
import numpy as np
from numba import njit
@njit
def squash(x):
    return np.tanh(x)
"""


@pytest.fixture
def port_of(tmp_path):
    """The port of these sources, and its original."""

    def make(after, before=BEFORE, near=NEAR):
        name = f"near_{tmp_path.name}"  # a module of the same name is imported once in a process
        (tmp_path / "before.py").write_text(before)
        (tmp_path / "after.py").write_text(after.replace("near", name))
        (tmp_path / f"{name}.py").write_text(near)
        return load((str(tmp_path / "before.py"), str(tmp_path / "after.py")), "after")

    return make


def first_line(port):
    found = Search(reference_of(port, "as made")).find(port)
    assert found is not None
    return answer(found)


def line_of(source, text):
    return next(i for i, line in enumerate(source.split("\n"), 1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("(w * y).sum(axis=1)", "(w * y).sum(axis=0)", "pushed ="),
        ("np.tanh(pushed)", "np.tanh(2 * pushed)", "squashed ="),
        ("0.1 * (", "-0.1 * (", "y = y +"),
        ("np.dot(y, y)", "np.dot(y, y[::-1])", "return"),
    ],
)
def test_the_mistaken_line_of_a_numpy_port_is_named(port_of, old, new, text):
    source = NUMPY.replace(old, new)
    said = first_line(port_of(source))
    assert said.port.differs == line_of(source, text)
    assert "n=" in said.size


@needs_jax
def test_a_scan_is_looked_into(port_of):
    source = JAX.replace("w @ y", "y @ w")
    said = first_line(port_of(source))
    assert said.port.differs == line_of(source, "pushed =")
    assert said.original.differs == line_of(BEFORE, "drive =")
    assert said.port.name == "pushed"
    index, want, got = said.elements[0]
    assert index == "[0]"
    assert want != got


@needs_numba
@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("0.1 * squash", "0.2 * squash", "new[i] ="),
        ("total += w[i, j]", "total -= w[i, j]", "total -="),
        ("for j in range(len(y))", "for j in range(len(y) - 1)", "for j"),
    ],
)
def test_elements_of_loops_are_compared_with_arrays(port_of, old, new, text):
    source = NUMBA.replace(old, new)
    said = first_line(port_of(source))
    lines = [said.port.differs, *(site.line for site in said.others)]
    assert line_of(source, text) in lines[:2]


@needs_numba
def test_a_neighbour_that_is_imported_is_looked_into(port_of):
    said = first_line(port_of(NUMBA, near=NEAR.replace("np.tanh(x)", "np.tan(x)")))
    assert said.port.file.name.startswith("near")
    assert said.port.differs == line_of(NEAR, "return")


@pytest.mark.parametrize("after", [NUMPY, pytest.param(NUMBA, marks=needs_numba)])
def test_a_right_port_has_no_such_line(port_of, after):
    port = port_of(after)
    search = Search(reference_of(port, "as made"))
    assert search.find(port) is None
    assert search.same


@needs_numba
def test_what_is_rewritten_computes_the_same():
    port = load("gaussian_mixture", "numba_njit")
    arguments = port.kernel.make_inputs("check,points=20,iterations=2", "float64", dyadic=False)
    given = Uncompiled(port).run(arguments, recorded=True).outputs
    for one, other in zip(arrays(port(*arguments)), given, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@needs_numba
def test_right_uncompiled_and_wrong_compiled_is_said_and_which_setting_does_it(tmp_path):
    (tmp_path / "before.py").write_text(
        "import numpy as np\n"
        "def inputs(rng, n=100):\n"
        "    x = rng.normal(size=n)\n"
        "    x[::7] = np.nan\n"
        "    return (x,)\n"
        "def known(x):\n"
        "    return np.where(np.isnan(x), 0.0, x).sum()\n"
    )
    (tmp_path / "after.py").write_text(
        "import numpy as np\n"
        "from numba import njit\n"
        "@njit(fastmath=True)\n"
        "def known(x):\n"
        "    total = 0.0\n"
        "    for i in range(len(x)):\n"
        "        if not np.isnan(x[i]):\n"
        "            total += x[i]\n"
        "    return total\n"
    )
    done = portstudy("where", *(str(tmp_path / name) for name in ("before.py", "after.py")))
    assert done.returncode == 1, done.stderr
    assert "Uncompiled it does not" in done.stdout
    assert "Right without fastmath" in done.stdout


def test_the_command_says_it_and_that_two_do_not_differ(tmp_path):
    (tmp_path / "before.py").write_text(BEFORE)
    (tmp_path / "after.py").write_text(NUMPY)
    done = portstudy("where", *(str(tmp_path / name) for name in ("before.py", "after.py")))
    assert done.returncode == 0, done.stderr
    assert "do not differ" in done.stdout
    assert "would have been seen" in done.stdout
    (tmp_path / "after.py").write_text(NUMPY.replace("sum(axis=1)", "sum(axis=0)"))
    done = portstudy("where", *(str(tmp_path / name) for name in ("before.py", "after.py")))
    assert done.returncode == 1, done.stderr
    assert "Look at line 5 of after.py" in done.stdout
    assert "≠" in done.stdout


def test_check_names_the_command(port_of):
    port = port_of(NUMPY)
    assert hint(port.kernel, "after") == "The line: portstudy where before.py after.py"
    lif = load("lif", "numpy_event")
    assert hint(lif.kernel, "numpy_event") == "The line: portstudy where lif numpy_event"


X = np.random.default_rng(0).normal(size=(4, 4))


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (-X, "sign"),
        (X.T, "transposed"),
        (X * 3, "a factor"),
        (X + 0.25, "off by 0.25"),
        (np.roll(X, 1, axis=0), "shifted by one along axis 0"),
        (X.astype(np.float32), "float32"),
        (np.where(X > 1, np.nan, X), "NaN"),
        (np.trunc(X), "integer division"),
        (X[:-1], "too few"),
        (np.concatenate([X[:-1], X[:1]]), "only the last along axis 0"),
    ],
)
def test_guesses(got, words):
    assert words in guess(X, got)


def test_a_guess_is_not_made_where_nothing_fits():
    other = np.random.default_rng(1).normal(size=(4, 4))
    assert guess(X, other) == ""
    assert guess(np.arange(200.0), np.arange(200.0) + 256) == (
        "off by 2**8: an integer of 8 bits wraps around"
    )
