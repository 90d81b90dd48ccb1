"""Drafts: what is rewritten and how, what is refused, and that a wrong one is found out."""

import ast
import sys

import numpy as np
import pytest
from portstudy import find_kernel, load
from portstudy.functions import FunctionPort, Functions
from portstudy.names import UnknownName
from portstudy.proof import Different
from portstudy.proof.same import prove_function

from tests.conftest import skipped_if_unavailable

pytest.importorskip("libcst", reason="the extra `try` is not here")
pytest.importorskip("line_profiler", reason="the extra `try` is not here")

from portstudy.drafts import jax_, loops, numba_, torch_
from portstudy.drafts.every import LESSONS, NAMES, drafts
from portstudy.drafts.observe import Observed, observe
from portstudy.drafts.profile import profile, sentence
from portstudy.drafts.source import Cannot, live, read


def begun(folder, function, inputs="return {'a': rng.normal(size=(7, 7)), 'n': 3}"):
    """A file with this function, read and observed."""
    path = folder / "before.py"
    path.write_text(f"import numpy as np\n\ndef inputs(rng):\n    {inputs}\n\n{function}")
    kernel = find_kernel((str(path),))
    assert isinstance(kernel, Functions)
    arguments = kernel.make_inputs("default", kernel.dtypes[0])
    return path, read(path), observe(kernel, arguments)


def proven(path, name, text):
    """Prove a draft in this process."""
    (path.parent / f"{name}.py").write_text(text)
    files = (str(path), str(path.parent / f"{name}.py"))
    with skipped_if_unavailable(name.split("_")[0]):
        port = load(files, name)
    assert isinstance(port, FunctionPort)
    return prove_function(port)


STENCIL = """\
def smooth(a, n):
    # all of it, again and again
    b = a.copy()
    for _ in range(n):
        b[1:-1] = 0.5 * (a[:-2] + a[2:])  # the ends stay
        a[:] = b
"""


def test_the_jax_draft_keeps_comments_and_carries_what_is_read(tmp_path):
    _, source, observed = begun(tmp_path, STENCIL, "return {'a': rng.normal(size=(7, 7)), 'n': 30}")
    assert (
        jax_.draft(source, observed).partition("import jax\n")[2]
        == """\

@jax.jit
def smooth(a, n):
    # all of it, again and again
    b = a.copy()

    def step(_, carry):
        b, a = carry
        b = b.at[1:-1].set(0.5 * (a[:-2] + a[2:]))  # the ends stay
        a = a.at[:].set(b)
        return b, a

    b, a = jax.lax.fori_loop(0, n, step, (b, a))
    return a
""".replace("@jax.jit", '@partial(jax.jit, static_argnames="n")')
    )


def test_the_numba_draft_writes_a_statement_on_arrays_as_loops(tmp_path):
    _, source, observed = begun(tmp_path, STENCIL)
    text = numba_.draft(source, observed)
    assert "@njit\ndef smooth(a, n):\n    # all of it" in text
    assert (
        """\
        for i in range(1, b.shape[0] - 1):
            for j in range(b.shape[1]):
                b[i, j] = 0.5 * (a[i - 1, j] + a[i + 1, j])  # the ends stay
"""
        in text
    )


FUNCTIONS = {
    "a slice that grows": """
def f(a, n):
    for i in range(1, len(a)):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
        a[i, :i] += 0.1 * a[0, :i]
""",
    "a window": """
def f(a, n):
    out = np.zeros((len(a) - n, len(a)))
    for i in range(len(a) - n):
        out[i] = np.sum(a[i:i + n], axis=0) + out[i - 1]
    return out
""",
    "a range that goes down, and a branch": """
def f(a, n):
    total = 0.0
    for i in range(len(a) - 2, -1, -1):
        if a[i, 0] > 0:
            total = total + a[i, 1]
            a[i + 1, 2] = total
        else:
            total -= 1.0
    return total
""",
    "a mask": """
def f(a, n):
    small = a < 0.5
    a[small] = a[small] ** 2 + n
    a[a > 2] *= 0.5
    return a.sum(axis=0)
""",
    "a function that changes its argument": """
def shift(a, by):
    a[1:] += by
    return a.sum()

def f(a, n):
    total = shift(a, n)
    shift(a, total)
    return total
""",
    "a while": """
def f(a, n):
    steps = 0
    while np.abs(a).max() > 0.1:
        a *= 0.5
        steps += 1
    return steps
""",
    "statements after a colon, and a list": """
def f(a, n):
    rows = []
    for i in range(n): rows.append(a[i] * 2); a[i] = 0.5
    for i in range(4 * n): a[i % n] += 1.0
    return np.stack(rows)
""",
    "an elif": """
def f(a, n):
    for i in range(len(a)):
        if a[i, 0] > 1:
            a[i] = 1.0
        elif a[i, 0] > 0 and a[i, 1] > 0:
            a[i, 1:] = 2.0
            a[i, 0] += 1.0
        else:
            a[i] *= 3.0
""",
    "an early return that depends on values": """
def sign(x):
    if x > 0:
        return 1.0
    return -1.0

def f(a, n):
    out = np.zeros(len(a))
    for i, x in enumerate(a[:, 0]):
        out[i] = sign(x)
    return out
""",
}  # fmt: skip


@pytest.mark.parametrize("what", FUNCTIONS)
def test_jax_drafts_are_right(tmp_path, what):
    path, source, observed = begun(tmp_path, FUNCTIONS[what].lstrip())
    assert proven(path, "jax_jit", jax_.draft(source, observed)).values > 0


def test_a_numba_draft_is_right(tmp_path):
    path, source, observed = begun(tmp_path, FUNCTIONS["a while"].lstrip())
    assert proven(path, "numba_njit", numba_.draft(source, observed)).values > 0


def test_a_mask_of_two_dimensions_is_a_where(tmp_path):
    _, source, observed = begun(tmp_path, FUNCTIONS["a mask"].lstrip())
    text = numba_.draft(source, observed)
    assert "a[:] = np.where(small, a ** 2 + n, a)" in text
    assert "a[:] = np.where(a > 2, a * 0.5, a)" in text


def test_a_draft_that_loses_a_change_is_found_out(tmp_path):
    """`row` is a part of `a`: no rewriting here sees that, and the proof does."""
    path, source, observed = begun(
        tmp_path, "def f(a, n):\n    row = a[0]\n    row += 1.0\n    return a.sum()\n"
    )
    text = jax_.draft(source, observed)
    with pytest.raises(Different):
        proven(path, "jax_jit", text)


EACH = "for i in range(len(a)):\n        "


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (EACH + "a[i] = a[i] * 2.0", ""),
        (EACH + "row = a[i] * 2.0\n        a[i, 1] = row[0]", ""),
        ("for i in range(1, len(a)):\n        a[i] = a[i - 1] * 2.0", "may be of another pass"),
        (EACH + "a[i, 0] = a[0, i]", "may be of another pass"),
        ("t = 0\n    " + EACH + "t = t + a[i, 0]\n        a[i] = t", "is carried"),
        (EACH + "t = i\n        a[i] = t\n    a[0] = t", "after the loop"),
        ("b = a.T\n    " + EACH + "b[i] = a[i]", "part of another array"),
        (EACH + "a[i] = a.sum()", "as a whole"),
        (EACH + "if a[i, 0] > 0:\n            break\n        a[i] = 1", "break"),
    ],
)
def test_which_loops_are_independent(tmp_path, body, said):
    _, source, _ = begun(tmp_path, f"def f(a, n):\n    {body}\n    return a\n")
    function = source.trees["f"].body
    place, loop = next((i, x) for i, x in enumerate(function) if isinstance(x, ast.For))
    after = live(function[place + 1 :], set(), source.trees)
    why = numba_.dependence(source, loop, after, "f")
    assert said in why if said else not why


def test_prange_only_where_threads_pay(tmp_path):
    _, source, observed = begun(
        tmp_path, "def f(a, n):\n    for i in range(len(a)):\n        a[i] = a[i] * 2.0\n"
    )
    with pytest.raises(Cannot, match="nothing that takes long enough"):
        numba_.parallel(source, observed)
    observed.seconds = dict.fromkeys(observed.seconds, 1.0)
    assert "for i in prange(len(a)):" in numba_.parallel(source, observed)


@pytest.mark.parametrize(
    "statement",
    [
        "a[1:] = a[:-1] * 2.0",  # in a loop it would read what it has written
        "a[1:] = (a @ a)[1:]",
        "a[:, 0] = np.cumsum(a[:, 0])",
        "a[::2] = a[1::2] * 0.5",
        "a[:] = a.T * 0.5",
    ],
)
def test_what_is_no_loop_over_elements_stays(tmp_path, statement):
    _, source, observed = begun(tmp_path, f"def f(a, n):\n    a = a[:6, :6]\n    {statement}\n")
    assert statement in numba_.draft(source, observed)


def test_an_index_is_shifted_by_where_a_part_begins():
    assert [loops._plus("i", own, target) for own, target in
            (("1", "1"), ("0", "1"), ("3", "1"), ("k", "0"), ("0", "k"), ("k + 1", "k"))] == [
        "i", "i - 1", "i + 2", "i + k", "i - k", "i + 1"]  # fmt: skip


def test_what_jax_cannot_is_left_out_with_its_line(tmp_path):
    _, source, observed = begun(
        tmp_path,
        "def f(a, n):\n"
        "    for i in range(len(a)):\n"
        "        if a[i, 0] > 3:\n"
        "            break\n"
        "        for j in range(90):\n"
        "            a[i] += j\n"
        "    return a\n",
    )
    with pytest.raises(Cannot, match=r"line 7: .*break"):
        jax_.draft(source, observed)
    (said,) = [x.left_out for x in drafts(source, observed, torch=False) if x.name == "jax_jit"]
    assert "break" in said


def test_the_torch_draft_is_the_function_itself(tmp_path):
    _, source, observed = begun(tmp_path, STENCIL)
    text = torch_.draft(source)
    assert "@torch.compile\n@torch.compiler.wrap_numpy\ndef smooth(a, n):" in text
    assert [x.name for x in drafts(source, observed, torch=True)] == list(NAMES)
    left_out = {x.name: x.left_out for x in drafts(source, observed, torch=False)}
    assert "--torch" in left_out["torch_compile"]


def test_every_lesson_is_there(request):
    notes = request.config.rootpath / "notes"
    for patterns in LESSONS.values():
        assert patterns[-1][0] == ""  # whatever the reason is, there is a note
        for _, note in patterns:
            assert (notes / note).is_file()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ndef inputs(): return 1\n", "no function"),
        ("def f(a): return a\ndef g(a): return a\ndef inputs(): return 1\n", "several functions"),
        ("from math import sin\nf = lambda a: a\ndef inputs(): return 1\n", "with def"),
    ],
)
def test_what_is_no_one_function_is_refused(tmp_path, text, said):
    (tmp_path / "before.py").write_text(text)
    with pytest.raises(UnknownName, match=said):
        read(tmp_path / "before.py")


# Where the time goes


def timed(tmp_path, function, seconds, hits):
    """A profile with these figures for its lines, the first of which is the function's second."""
    _, source, _ = begun(tmp_path, function)
    first = source.trees[source.name].lineno + 1
    observed = Observed(total=sum(seconds))
    observed.kinds[source.name, "a"].add("float64[2]")
    observed.seconds = {first + i: x for i, x in enumerate(seconds)}
    observed.hits = {first + i: x for i, x in enumerate(hits)}
    return profile(source, observed)


def test_products_are_not_to_be_ported(tmp_path):
    text = "def f(a, n):\n    b = a @ a\n    return b + 1\n"
    found = timed(tmp_path, text, [0.087, 0.013], [1, 1])
    assert found.products == pytest.approx(0.87)
    assert sentence(found).startswith("87 % is matrix products")


def test_small_calls_say_to_compile_the_loop(tmp_path):
    text = "def f(a, n):\n    for i in range(n):\n        a[i] = a[i] + 1\n    return a\n"
    found = timed(tmp_path, text, [0.001, 0.044, 0.0], [11001, 11000, 1])
    assert "NumPy calls of 2 µs on small arrays" in sentence(found)
    assert "compile the loop" in sentence(found)


def test_whole_arrays_say_to_fuse_them(tmp_path):
    text = "def f(a, n):\n    a = a * a + 1\n    return a\n"
    found = timed(tmp_path, text, [0.1, 0.0], [1, 1])
    assert "fuse" in sentence(found)


def test_what_is_observed(tmp_path):
    _, source, observed = begun(tmp_path, STENCIL)
    assert observed.kind("smooth", "n") == "int"
    assert observed.is_array("smooth", "b")
    assert observed.changed == {"a"}
    first = source.trees["smooth"].lineno
    assert observed.hits[first + 4] == 3  # the statement in the loop
    assert sys.getprofile() is None
    assert np.isfinite(observed.total)
