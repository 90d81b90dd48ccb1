"""Mistakes made by rote in Python source: what a proof has to notice.

    for mistake in mistakes(path.read_text()):
        print(mistake.line, mistake.what)  # 12 `<=` in place of `<`

Each variant has one of the slips that people make who write numerical code: a sign, a boundary, an
index off by one, a constant mistyped, an axis, a sum that loses its last element or is made in
float32, a statement forgotten. The text is changed in place, so that all else keeps its line. The
names of NumPy, JAX, Numba and torch are alike, and so one table serves them all.
"""

import ast
import io
import itertools
import random
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

T = TypeVar("T")

UNTOUCHED = "inputs"
"""The function that makes the arguments of the others: it makes no mistakes."""

OPERATORS = {
    ast.Add: ["-"], ast.Sub: ["+"], ast.Mult: ["/"], ast.Div: ["*"], ast.Pow: ["*"],
    ast.FloorDiv: ["/"], ast.Mod: ["*"], ast.MatMult: ["*"], ast.BitAnd: ["|"], ast.BitOr: ["&"],
    ast.BitXor: ["|"], ast.LShift: [">>"], ast.RShift: ["<<"], ast.And: ["or"], ast.Or: ["and"],
    ast.Lt: ["<=", ">"], ast.LtE: ["<", ">="], ast.Gt: [">=", "<"], ast.GtE: [">", "<="],
    ast.Eq: ["!="], ast.NotEq: ["=="],
}  # fmt: skip
SYMBOLS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.FloorDiv: "//",
    ast.Mod: "%", ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.LShift: "<<", ast.RShift: ">>", ast.And: "and", ast.Or: "or", ast.Lt: "<", ast.LtE: "<=",
    ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.USub: "-", ast.Not: "not",
    ast.Invert: "~",
}  # fmt: skip

TAKEN_FOR = [
    ("min", "max"), ("minimum", "maximum"), ("amin", "amax"), ("fmin", "fmax"), ("any", "all"),
    ("argmin", "argmax"), ("sin", "cos"), ("sinh", "cosh"), ("floor", "ceil"), ("sum", "mean"),
    ("std", "var"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("exp", "expm1"),
    ("log", "log1p"), ("cumsum", "cumprod"), ("vstack", "hstack"),
]  # fmt: skip
CONFUSED = dict(TAKEN_FOR) | {b: a for a, b in TAKEN_FOR}
BUILT_IN = {"min", "max", "any", "all"}
"""Those of these names that are there without an import."""

AXIS = ("axis", "dim")
AXES = {"0": "1", "1": "0", "-1": "0", "2": "1", "-2": "-1"}
NAMED = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)
"""What stands by itself: + 1 may follow. What has numbers in it gets them changed anyway."""

REDUCTIONS = {"sum", "mean", "prod", "min", "max", "std", "var", "cumsum", "any", "all", "median"}
ACCUMULATIONS = {"sum", "mean", "prod", "std", "var", "cumsum", "zeros", "ones", "empty",
                 "zeros_like", "ones_like", "empty_like", "einsum"}  # fmt: skip
"""What takes a dtype to compute in, or makes the array that a loop adds to."""

SYMMETRIC = {"max", "min", "maximum", "minimum", "fmax", "fmin", "hypot", "add", "multiply",
             "logaddexp", "isclose", "allclose", "array_equal", "gcd"}  # fmt: skip
"""Functions whose arguments may be swapped."""


@dataclass(frozen=True)
class Mistake:
    """A file with one mistake in it."""

    line: int
    what: str
    """Such as "`<=` in place of `<`"."""
    source: str
    """Of the whole file. Every other line is as it was, with the same number."""


class Edit(NamedTuple):
    """What to write in place of source[start:end]."""

    start: int
    end: int
    new: str
    what: str


def mistakes(source: str) -> Iterator[Mistake]:
    """Every mistake that is made by rote in the bodies of a file's functions, line by line.

    Each compiles, and no two are the same text; the order is always the same. Left alone are a
    function called `inputs`, docstrings, f-strings, annotations, decorators, defaults, imports,
    assertions and what is raised. Raises SyntaxError where the source is none.
    """
    reader = _Reader(source)
    edits = [edit for function in _functions(reader.tree) for edit in reader.edits(function)]
    seen = {source}
    for start, end, new, what in sorted(edits, key=lambda edit: edit[0]):
        lost = source[start:end].count("\n") - new.count("\n")
        text = source[:start] + new + " \\\n" * lost + source[end:]
        if text not in seen and _compiles(text):
            seen.add(text)
            yield Mistake(source.count("\n", 0, start) + 1, what, text)


def drawn(known: Sequence[T], number: int, seed: int = 0) -> list[T]:
    """So many of them, drawn at random; in their order."""
    places = random.Random(seed).sample(range(len(known)), min(number, len(known)))
    return [known[place] for place in sorted(places)]


def _compiles(source: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "<mistake>", "exec", dont_inherit=True)
        except SyntaxError:
            return False
    return True


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Of a file and of its classes, each with what is defined inside."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node
        else:
            yield from _functions(node)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it that may be changed."""
    if isinstance(node, ast.JoinedStr | ast.Raise | ast.Assert):
        return
    yield node
    if isinstance(node, ast.FunctionDef):
        children: list[ast.AST] = [] if node.name == UNTOUCHED else [*node.body]
    elif isinstance(node, ast.AnnAssign):
        children = [node.target, *([node.value] if node.value else [])]
    elif isinstance(node, ast.keyword) and node.arg in AXIS:
        children = []  # `edits` changes the axis as a whole
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from _inside(child)


def _root(node: ast.AST) -> str:
    """The first name of `np.linalg.norm`, or nothing."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


class _Reader:
    """Where things stand in a source, and what to write there instead."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = source.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.tokens = [
            (self.starts[token.start[0] - 1] + token.start[1], token.string)
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type in (tokenize.OP, tokenize.NAME)
        ]
        self.tree = ast.parse(source)
        self.modules, self.float32 = set[str](), ""
        for node in ast.walk(self.tree):
            for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
                name = (alias.asname or alias.name).split(".")[0]
                self.modules.add(name)
                if name in ("np", "jnp", "numpy", "torch"):
                    self.float32 = self.float32 or f"{name}.float32"

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node stands. ast counts bytes of a line, and strings have characters."""

        def place(line: int, column: int) -> int:
            before = self.lines[line - 1].encode()[:column].decode()
            return self.starts[line - 1] + len(before)

        x: ast.expr = node  # type: ignore[assignment]  # every node that is asked for has a place
        assert x.end_lineno is not None
        assert x.end_col_offset is not None
        return place(x.lineno, x.col_offset), place(x.end_lineno, x.end_col_offset)

    def text(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.source[start:end]

    def replaced(self, node: ast.AST, new: str, what: str) -> Edit:
        return Edit(*self.span(node), new, what)

    def find(self, symbol: str, start: int, end: int) -> int:
        """Where the first such token between two places is: none of a comment or a string."""
        return next(at for at, token in self.tokens if start <= at < end and token == symbol)

    def edits(self, function: ast.FunctionDef) -> Iterator[Edit]:
        """All that could go wrong in the body of a function."""
        known = {x.arg for x in ast.walk(function) if isinstance(x, ast.arg)}
        for node in _inside(function):
            if isinstance(node, ast.stmt):
                yield from self.of_statement(node, known)
            elif isinstance(node, ast.BinOp):
                yield from self.of_operator(node.op, node.left, node.right)
            elif isinstance(node, ast.BoolOp):
                for left, right in itertools.pairwise(node.values):
                    yield from self.of_operator(node.op, left, right)
            elif isinstance(node, ast.Compare):
                parts = itertools.pairwise([node.left, *node.comparators])
                for op, (left, right) in zip(node.ops, parts, strict=True):
                    yield from self.of_operator(op, left, right)
            elif isinstance(node, ast.UnaryOp) and type(node.op) in SYMBOLS:
                symbol, start = SYMBOLS[type(node.op)], self.span(node)[0]
                yield Edit(start, start + len(symbol), " ", f"`{symbol}` dropped")
            elif isinstance(node, ast.Constant):
                yield from self.of_constant(node)
            elif isinstance(node, ast.keyword) and node.arg in AXIS:
                old = self.text(node.value)
                if old in AXES:
                    what = f"{node.arg} {AXES[old]} in place of {old}"
                    yield self.replaced(node.value, AXES[old], what)
            elif isinstance(node, ast.Subscript):
                yield from self.of_subscript(node.slice)
            elif isinstance(node, ast.Call):
                yield from self.of_call(node)
            elif isinstance(node, ast.IfExp):
                yield self.replaced(node.test, "True", "the condition always true")

    def of_statement(self, node: ast.stmt, known: set[str]) -> Iterator[Edit]:
        """`known` are the names that have a value so far: without their first, all would fail."""
        leave_out = isinstance(node, ast.AugAssign | ast.Break | ast.Continue) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        )
        if isinstance(node, ast.If | ast.While):
            yield self.replaced(node.test, "True", "the condition always true")
        elif isinstance(node, ast.Assign | ast.For):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {x.id for target in targets for x in ast.walk(target)
                     if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)}  # fmt: skip
            leave_out = isinstance(node, ast.Assign) and names <= known
            known |= names
        if leave_out:
            yield self.replaced(node, "pass", "the statement left out")
        if isinstance(node, ast.AugAssign):
            symbol = SYMBOLS[type(node.op)] + "="
            at = self.find(symbol, self.span(node.target)[1], self.span(node.value)[0])
            for new in ["=", *(f"{other}=" for other in OPERATORS[type(node.op)])]:
                yield Edit(at, at + len(symbol), new, f"`{new}` in place of `{symbol}`")

    def of_operator(self, op: ast.AST, left: ast.expr, right: ast.expr) -> Iterator[Edit]:
        if type(op) in OPERATORS:
            symbol = SYMBOLS[type(op)]
            at = self.find(symbol, self.span(left)[1], self.span(right)[0])
            for new in OPERATORS[type(op)]:
                yield Edit(at, at + len(symbol), new, f"`{new}` in place of `{symbol}`")

    def of_constant(self, node: ast.Constant) -> Iterator[Edit]:
        x = node.value
        if isinstance(x, int) and not isinstance(x, bool):
            for new in (x + 1, x - 1):
                text = str(new) if new >= 0 else f"({new})"
                yield self.replaced(node, text, f"{new} in place of {x}")
        elif isinstance(x, float | complex):
            yield self.replaced(node, repr(x * 1.01 if x else 0.01), "a constant off by 1 %")
            if x:
                what = "a constant changed in its 10th digit"
                yield self.replaced(node, repr(x * (1 + 1e-10)), what)

    def of_subscript(self, index: ast.expr) -> Iterator[Edit]:
        places = index.elts if isinstance(index, ast.Tuple) else [index]
        for a, b in itertools.pairwise(places):
            if not isinstance(a, ast.Slice) and not isinstance(b, ast.Slice):
                yield self.swapped(a, b, "indices swapped")
        for place in places:
            if not isinstance(place, ast.Slice) or place.step is not None:
                continue
            start, end = self.span(place)
            first, last = (
                "the first element of the slice lost",
                "the last element of the slice lost",
            )
            if place.lower is None:
                yield Edit(start, start, "1", first)
            elif isinstance(place.lower, NAMED):
                yield self.replaced(place.lower, f"{self.text(place.lower)} + 1", first)
            if place.upper is None:
                yield Edit(end, end, "-1", last)
            elif isinstance(place.upper, NAMED):
                yield self.replaced(place.upper, f"{self.text(place.upper)} - 1", last)

    def of_call(self, node: ast.Call) -> Iterator[Edit]:
        """A function taken for another, arguments swapped, elements lost, a narrow dtype."""
        if not isinstance(node.func, ast.Attribute | ast.Name):
            return
        method = isinstance(node.func, ast.Attribute) and _root(node.func) not in self.modules
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        end, stop = self.span(node)[1], self.span(node.func)[1]
        if name in CONFUSED and (isinstance(node.func, ast.Attribute) or name in BUILT_IN):
            what = f"{CONFUSED[name]} in place of {name}"
            yield Edit(stop - len(name), stop, CONFUSED[name], what)
        for a, b in itertools.pairwise(node.args):
            if type(a) is type(b) and name not in SYMMETRIC:
                yield self.swapped(a, b, "arguments swapped")
        if name in ("range", "prange") and len(node.args) < 3:
            if len(node.args) == 1:
                at = self.span(node.args[0])[0]
                yield Edit(at, at, "1, ", "the first turn of the loop lost")
            elif isinstance(node.args[0], NAMED):
                new = f"{self.text(node.args[0])} + 1"
                yield self.replaced(node.args[0], new, "the first turn of the loop lost")
            if node.args and isinstance(node.args[-1], NAMED):
                new = f"{self.text(node.args[-1])} - 1"
                yield self.replaced(node.args[-1], new, "the last turn of the loop lost")
        if name == "where" and len(node.args) == 3:
            yield self.replaced(node.args[0], f"({self.text(node.args[0])}) | True",
                                "the condition always true")  # fmt: skip
        if name in REDUCTIONS:
            whole = node.args[0] if node.args else None
            if method:
                whole = node.func.value  # type: ignore[union-attr]  # an attribute, if a method
            if whole is not None and not isinstance(whole, ast.GeneratorExp | ast.Starred):
                at = self.span(whole)[1]
                if method:  # the brackets of (a + b).sum() are no part of a + b
                    at = self.find(".", at, end)
                    yield Edit(at, at, "[:-1]", "the last element dropped")
                else:
                    new = f"({self.text(whole)})[:-1]"
                    yield self.replaced(whole, new, "the last element dropped")
        library, narrow = self.float32.split(".")[0], self.float32
        if not narrow or any(keyword.arg == "dtype" for keyword in node.keywords):
            return
        if name in ACCUMULATIONS and isinstance(node.func, ast.Attribute):
            comma = ", " if node.args or node.keywords else ""
            yield Edit(end - 1, end - 1, f"{comma}dtype={narrow}", f"{name} in float32")
        elif self.text(node.func) == f"{library}.{name}":
            cast = ".float()" if library == "torch" else f".astype({narrow})"
            yield Edit(end, end, cast, f"what {name} returns made float32")

    def swapped(self, a: ast.expr, b: ast.expr, what: str) -> Edit:
        (start, a_end), (b_start, end) = self.span(a), self.span(b)
        return Edit(start, end, self.text(b) + self.source[a_end:b_start] + self.text(a), what)
