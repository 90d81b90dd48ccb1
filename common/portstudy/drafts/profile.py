"""Where the time of a function goes before anything is ported.

The line profiler says how long each line takes; what the line does says what that time is. Its
watching costs time of its own in each line, which is taken off again.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from portstudy.drafts.observe import Observed
from portstudy.drafts.source import Source, base
from portstudy.show.text import duration

BLAS = {
    "cholesky", "det", "dot", "eig", "eigh", "einsum", "inner", "inv", "lstsq", "matmul", "pinv",
    "qr", "solve", "svd", "tensordot", "vdot",
}  # fmt: skip
SMALL = 10e-6
"""Seconds: a NumPy call that takes less is mostly the call."""


@dataclass
class Profile:
    """Shares of a call's time, and its longest lines."""

    seconds: float
    interpreter: float = 0.0
    small: float = 0.0
    arrays: float = 0.0
    products: float = 0.0
    calls: float = 0.0
    """How many NumPy calls are too small to matter."""
    lines: list[tuple[int, float, float, str]] = field(default_factory=list)
    """Line, share, hits and what it is, the longest first."""

    @property
    def each_small(self) -> float:
        """Seconds of one small call."""
        return self.small * self.seconds / self.calls if self.calls else 0.0


def profile(source: Source, observed: Observed) -> Profile:
    """Put the time of each line into one of four drawers."""
    own, hits = _by_statement(source, _own_seconds(source, observed), observed.hits)
    watching = max(0.0, sum(own.values()) - observed.total) / max(1, sum(hits.values()))
    own = {line: max(0.0, x - watching * hits[line]) for line, x in own.items()}
    whole = sum(own.values()) or 1.0
    found = Profile(observed.total)
    kinds = _kinds(source, observed)
    for line, seconds in own.items():
        what, calls = kinds.get(line, ("interpreter", 0))
        each = seconds / max(1, hits[line] * max(1, calls))
        if (what == "arrays" and each < SMALL) or (what == "products" and each < SMALL):
            what = "small"
            found.calls += hits[line] * max(1, calls)
        setattr(found, what, getattr(found, what) + seconds / whole)
        found.lines.append((line, seconds / whole, hits[line], what))
    found.lines.sort(key=lambda x: -x[1])
    return found


def _by_statement(
    source: Source, seconds: dict[int, float], hits: dict[int, int]
) -> tuple[dict[int, float], dict[int, int]]:
    """Seconds and passes of each statement, by its first line: each of its lines is timed."""
    first: dict[int, int] = {}
    for line, node in _lines(source):
        for each in range(line, (getattr(node, "end_lineno", line) or line) + 1):
            first[each] = max(line, first.get(each, 0))
    total: dict[int, float] = {}
    passes: dict[int, int] = {}
    for line, x in seconds.items():
        start = first.get(line, line)
        total[start] = total.get(start, 0.0) + x
        passes[start] = min(hits[line], passes.get(start, hits[line]))
    return total, passes


def _own_seconds(source: Source, observed: Observed) -> dict[int, float]:
    """Seconds of each line, without those of the functions of this file that it calls."""
    total = {}
    for name in source.called:
        node = source.trees[name]
        total[name] = sum(
            x for line, x in observed.seconds.items()
            if node.lineno <= line <= (node.end_lineno or line)
        )  # fmt: skip
    spent = {line: x for line, x in observed.seconds.items() if observed.hits.get(line)}
    callers: dict[str, list[int]] = {name: [] for name in source.called}
    for line, evaluated in _lines(source):
        for inner in ast.walk(evaluated):
            called = base(inner.func) if isinstance(inner, ast.Call) else ""
            if called in callers and line in spent:
                callers[called].append(line)
    own = dict(spent)
    for name, lines in callers.items():
        calls = sum(observed.hits[line] for line in lines) or 1
        for line in lines:
            own[line] = max(0.0, own[line] - total[name] * observed.hits[line] / calls)
    return own


def _lines(source: Source) -> Iterator[tuple[int, ast.AST]]:
    """Each statement's first line, with what is evaluated in it."""
    for name in source.called:
        for node in ast.walk(source.trees[name]):
            if isinstance(node, ast.For):
                yield node.lineno, node.iter
            elif isinstance(node, ast.If | ast.While):
                yield node.lineno, node.test
            elif isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef):
                yield node.lineno, node


def _kinds(source: Source, observed: Observed) -> dict[int, tuple[str, int]]:
    """What each line does, and how many NumPy calls it makes."""
    found: dict[int, tuple[str, int]] = {}
    for name in source.called:
        function = source.trees[name]
        inside = {id(x) for x in ast.walk(function)}
        for line, node in _lines(source):
            if id(node) not in inside:
                continue
            found[line] = _kind(source, observed, name, node)
    return found


def _kind(source: Source, observed: Observed, name: str, node: ast.AST) -> tuple[str, int]:
    def is_array(x: ast.AST) -> bool:
        variable = base(x)
        return bool(variable) and observed.is_array(name, variable)

    product, calls = False, 0
    for inner in ast.walk(node):
        if isinstance(inner, ast.BinOp | ast.AugAssign):
            sides = (
                (inner.left, inner.right)
                if isinstance(inner, ast.BinOp)
                else (inner.target, inner.value)
            )
            arrays = any(is_array(x) or any(is_array(y) for y in ast.walk(x)) for x in sides)
            calls += arrays
            product |= isinstance(inner.op, ast.MatMult)
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            module = base(inner.func) == source.numpy and source.numpy != ""
            method = is_array(inner.func.value)
            calls += module or method
            product |= (module or method) and inner.func.attr in BLAS
        elif isinstance(inner, ast.Compare) and is_array(inner.left):
            calls += 1
        elif isinstance(inner, ast.Call) and base(inner.func) in ("abs", "max", "min", "sum"):
            calls += any(is_array(x) for x in inner.args)
        elif isinstance(inner, ast.Subscript) and is_array(inner):
            chosen = any(is_array(x) for x in ast.walk(inner.slice) if isinstance(x, ast.Name))
            calls += chosen or isinstance(inner.ctx, ast.Store)  # a part by slices costs nothing
    if product:
        return "products", calls
    return ("arrays", calls) if calls else ("interpreter", 0)


def sentence(found: Profile) -> str:
    """The one sentence that follows."""
    percent = {
        name: f"{100 * getattr(found, name):.0f} %"
        for name in ("interpreter", "small", "arrays", "products")
    }
    if found.products >= 0.8:
        return (
            f"{percent['products']} is matrix products and other linear algebra, which libraries "
            "do at this machine's rate: next to nothing to gain here by a port."
        )
    if found.small + found.interpreter >= 0.5:
        if found.small > found.interpreter:
            return (
                f"{found.calls:,.0f} NumPy calls of {duration(found.each_small)} on small arrays "
                f"take {percent['small']}: compile the loop."
            )
        return f"{percent['interpreter']} is Python itself, not NumPy: compile the loop."
    if found.arrays >= 0.5:
        return (
            f"{percent['arrays']} is operations on whole arrays, each of which reads and writes "
            "memory: let a compiler fuse them, or write the results in place."
        )
    return (
        f"No one thing bounds it: {percent['products']} linear algebra, {percent['arrays']} whole "
        f"arrays, {percent['small']} small calls, {percent['interpreter']} Python."
    )
