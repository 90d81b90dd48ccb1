import ast

import pytest
from portstudy.checkout import ROOT
from portstudy.proof.mistakes import mistakes

SOURCE = '''"""Docs: a < b."""

import math
import numpy as np

LIMIT = 1 + 2


def inputs(rng, n=3 + 4):
    return rng.normal(size=n) + 1


@np.vectorize(otypes=[1 + 2])
def f(x: "1 + 2", n: int = 1 + 2) -> "3 < 4":
    """Docs: 1 + 2, a < b."""
    assert n > 3, "é + 1"
    y: "1 + 2" = np.zeros(n)  # é < 4 + 5
    for i in range(n):
        if x[i] <= 0.5 and not n == 3:
            y[i] += max(x[i], 2 * math.sin(x[i]))
            continue
        y[i:n] = x[i - 1, i] * (
            x.sum(axis=0)
            + np.sum(x, axis=1)
        )
    total = -1e-3
    total = (x + y)[1:].mean() + np.dot(x[:-1], y)
    if n > 3:
        raise ValueError(f"{n + 1} é + 1")
    return np.where(y > 0, x, total if n else np.exp(y)) ** 2
'''


def changes(source: str) -> list[tuple[str, str]]:
    """What each mistake is, and the lines that differ, as one."""
    found = []
    for mistake in mistakes(source):
        old, new = source.split("\n"), mistake.source.split("\n")
        assert len(old) == len(new)
        differ = [i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
        assert differ[0] <= mistake.line - 1 <= differ[-1]
        found.append((mistake.what, " ".join(new[i].strip() for i in differ)))
    return found


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("`<` in place of `<=`", "if x[i] < 0.5 and not n == 3:"),
        ("`>=` in place of `<=`", "if x[i] >= 0.5 and not n == 3:"),
        ("`or` in place of `and`", "if x[i] <= 0.5 or not n == 3:"),
        ("`!=` in place of `==`", "if x[i] <= 0.5 and not n != 3:"),
        ("`not` dropped", "if x[i] <= 0.5 and   n == 3:"),
        ("the condition always true", "if True:"),
        ("4 in place of 3", "if x[i] <= 0.5 and not n == 4:"),
        ("a constant off by 1 %", "if x[i] <= 0.505 and not n == 3:"),
        ("a constant changed in its 10th digit", "if x[i] <= 0.50000000005 and not n == 3:"),
        ("the first turn of the loop lost", "for i in range(1, n):"),
        ("the last turn of the loop lost", "for i in range(n - 1):"),
        ("`=` in place of `+=`", "y[i] = max(x[i], 2 * math.sin(x[i]))"),
        ("`-=` in place of `+=`", "y[i] -= max(x[i], 2 * math.sin(x[i]))"),
        ("min in place of max", "y[i] += min(x[i], 2 * math.sin(x[i]))"),
        ("cos in place of sin", "y[i] += max(x[i], 2 * math.cos(x[i]))"),
        ("the statement left out", "pass"),
        ("`/` in place of `*`", "y[i] += max(x[i], 2 / math.sin(x[i]))"),
        ("the first element of the slice lost", "y[i + 1:n] = x[i - 1, i] * ("),
        ("the last element of the slice lost", "y[i:n - 1] = x[i - 1, i] * ("),
        ("indices swapped", "y[i:n] = x[i, i - 1] * ("),
        ("axis 1 in place of 0", "x.sum(axis=1)"),
        ("axis 0 in place of 1", "+ np.sum(x, axis=0)"),
        ("the last element dropped", "x[:-1].sum(axis=0)"),
        ("the last element dropped", "+ np.sum((x)[:-1], axis=1)"),
        ("the last element dropped", "total = (x + y)[1:][:-1].mean() + np.dot(x[:-1], y)"),
        ("sum in float32", "x.sum(axis=0, dtype=np.float32)"),
        ("sum in float32", "+ np.sum(x, axis=1, dtype=np.float32)"),
        ("zeros in float32", 'y: "1 + 2" = np.zeros(n, dtype=np.float32)  # é < 4 + 5'),
        ("ones in place of zeros", 'y: "1 + 2" = np.ones(n)  # é < 4 + 5'),
        ("mean in place of sum", "x.mean(axis=0)"),
        ("`-` in place of `+`", "- np.sum(x, axis=1)"),
        ("`-` dropped", "total =  1e-3"),
        ("what dot returns made float32",
         "total = (x + y)[1:].mean() + np.dot(x[:-1], y).astype(np.float32)"),
        ("arguments swapped", "return np.where(y > 0, x, total if n else np.exp(y)) * 2"),
        ("the condition always true",
         "return np.where((y > 0) | True, x, total if n else np.exp(y)) ** 2"),
        ("the condition always true",
         "return np.where(y > 0, x, total if True else np.exp(y)) ** 2"),
        ("`*` in place of `**`", "return np.where(y > 0, x, total if n else np.exp(y)) * 2"),
    ],
)  # fmt: skip
def test_mistake_is_made(what: str, line: str):
    if what == "arguments swapped":
        assert (what, "g(b, a)") in changes("def f(a, b):\n    g(a, b)\n")
    else:
        assert (what, line) in changes(SOURCE)


def test_one_place_is_changed_and_it_compiles():
    seen = set()
    for mistake in mistakes(SOURCE):
        compile(mistake.source, "mistake", "exec")
        assert mistake.source != SOURCE
        seen.add(mistake.source)
    assert len(seen) == len(list(mistakes(SOURCE))) > 70
    assert list(mistakes(SOURCE)) == list(mistakes(SOURCE))


def test_only_what_computes_is_changed():
    untouched = ("Docs", "LIMIT", "def ", "return rng", "@np", "assert", "raise", "import")
    kept = [line for line in SOURCE.split("\n") if line.strip(' "').startswith(untouched)]
    assert len(kept) == 11
    for mistake in mistakes(SOURCE):
        assert [line for line in mistake.source.split("\n") if line in kept] == kept
        assert '"1 + 2" = np.' in mistake.source


def test_a_first_assignment_is_never_left_out():
    """The name would be unknown, which any test would notice."""
    found = mistakes("def f(a):\n    b = a\n    b = g(b)\n    return b\n")
    assert [m.line for m in found if m.what == "the statement left out"] == [3]


def test_arguments_that_may_be_swapped_are_left():
    source = "import numpy as np\ndef f(a, b):\n    return np.maximum(a, b) + np.hypot(a, b)\n"
    assert not [m for m in mistakes(source) if m.what == "arguments swapped"]


@pytest.mark.parametrize("port", ["numba_event", "jax_scan", "torch_scan", "numpy_dense"])
def test_every_library_is_understood(port: str):
    source = (ROOT / "implementations" / "lif" / f"{port}.py").read_text()
    kinds = {what for what, _ in changes(source)}
    assert {"`-` dropped", "`-` in place of `+`"} <= kinds
    for mistake in mistakes(source):
        ast.parse(mistake.source)
