"""The file of a function as it is: its text, what it needs of its file, and what it changes.

Rewriting keeps comments and layout, so it is done with LibCST; what is asked of the code is asked
of its `ast`, in which there is less to look through.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from portstudy.functions import MAKER, function_in
from portstudy.names import UnknownName

EMPTY = cst.Module([])
UFUNCS = {
    "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "logical_and",
    "logical_or", "less", "greater",
}  # fmt: skip
"""Of two arguments; a third is where the result goes."""
UNARY = {"sqrt", "exp", "log", "sin", "cos", "abs", "absolute", "negative", "logical_not", "square"}


class Cannot(Exception):
    """A draft that cannot be written; says why, and in which line of the original."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {why}" if line else why)
        self.why, self.line = why, line


def code(node: cst.CSTNode) -> str:
    """The text of a node."""
    return EMPTY.code_for_node(node)


def tree(node: cst.CSTNode) -> Any:
    """An expression as `ast` has it."""
    return ast.parse(f"({code(node)}\n)", mode="eval").body


def trees(statements: Iterable[cst.CSTNode]) -> list[ast.stmt]:
    """Statements as `ast` has them."""
    return [x for node in statements for x in ast.parse(code(node)).body]


def expression(text: str) -> cst.BaseExpression:
    """The node of a text."""
    return cst.parse_expression(text)


@dataclass
class Source:
    """A file with one function to port, and the functions beside it that this one calls."""

    path: Path
    name: str
    """Of the function to port."""
    module: cst.Module
    lines: dict[int, int] = field(default_factory=dict)
    """The line of each statement's node, by its id."""

    @cached_property
    def functions(self) -> dict[str, cst.FunctionDef]:
        """All functions of the file by name."""
        return {x.name.value: x for x in self.module.body if isinstance(x, cst.FunctionDef)}

    @cached_property
    def trees(self) -> dict[str, ast.FunctionDef]:
        """The same as `ast` has them, with the lines of the file."""
        body = ast.parse(self.module.code).body
        return {x.name: x for x in body if isinstance(x, ast.FunctionDef)}

    @cached_property
    def called(self) -> list[str]:
        """The function to port and those that it calls, callers first."""
        order: list[str] = []

        def visit(name: str, above: tuple[str, ...]) -> None:
            if name in above:
                raise Cannot(f"{name} calls itself", self.trees[name].lineno)
            if name in order:
                order.remove(name)
            order.append(name)
            for other in sorted(loads(self.trees[name].body) & self.trees.keys() - {name}):
                visit(other, (*above, name))
            if name in loads(self.trees[name].body):
                raise Cannot(f"{name} calls itself", self.trees[name].lineno)

        visit(self.name, ())
        return order

    @cached_property
    def numpy(self) -> str:
        """What the file calls NumPy."""
        for node in ast.parse(self.module.code).body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name == "numpy":
                        return alias.asname or "numpy"
        return ""

    @cached_property
    def changed(self) -> dict[str, list[str]]:
        """Which of its parameters each function changes in place, callees first."""
        found: dict[str, list[str]] = {}
        for name in reversed(self.called):
            function = self.trees[name]
            stored = {*stores(function.body, found, self.trees, names=False)}
            found[name] = [x for x in parameters(function) if x in stored]
        return found

    def body(self) -> list[Any]:
        """The file's statements that the port needs, its docstring and comments with them."""
        wanted = {*self.called}
        for _ in range(3):  # constants that are made of constants
            for known in ast.parse(self.module.code).body:
                is_function = isinstance(known, ast.FunctionDef)
                if known.name in self.called if is_function else bound_by(known) & wanted:  # type: ignore[attr-defined]
                    wanted |= loads([known])
        seen: set[str] = set()
        kept = []
        for position, node in enumerate(self.module.body):
            parsed: Any = ast.parse(code(node)).body[0]
            doc = isinstance(parsed, ast.Expr) and isinstance(parsed.value, ast.Constant)
            if isinstance(node, cst.FunctionDef):
                keep = node.name.value in self.called
            else:
                keep = (doc and position == 0) or bool(bound_by(parsed) & wanted)
            if isinstance(parsed, ast.Import | ast.ImportFrom) and keep:
                keep = code(node).strip().splitlines()[-1] not in seen
                seen.add(code(node).strip().splitlines()[-1])
            if keep:
                kept.append(node)
        return kept


def read(path: Path) -> Source:
    """The source of a file. Raises UnknownName where it has no function to port, or several."""
    text = path.read_text(encoding="utf-8")
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        line = f"line {error.raw_line}: {error.message}"
        raise UnknownName(f"file {str(path)!r}: {line}") from None
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    places = wrapper.resolve(PositionProvider)
    lines = {id(node): place.start.line for node, place in places.items()}
    source = Source(path, function_in(path), wrapper.module, lines)
    if source.name not in source.functions:
        raise UnknownName(
            f"file {str(path)!r}: {source.name} is made of something else; allowed: a function "
            "written with def"
        )
    if any(isinstance(x, ast.Yield | ast.YieldFrom) for x in ast.walk(source.trees[source.name])):
        raise UnknownName(
            f"file {str(path)!r}: {source.name} yields; allowed: a function that returns"
        )
    makers = source.functions.keys() - {MAKER}
    used = {x for name in makers for x in loads(source.trees[name].body)}
    if MAKER in source.trees:
        used |= loads(source.trees[MAKER].body)
    alone = [x for x in makers if x not in used and not x.startswith("_")]
    if len(alone) > 1:
        listed = ", ".join(x for x in source.functions if x in alone)
        raise UnknownName(
            f"file {str(path)!r}: several functions ({listed}), none of which calls the others; "
            "allowed: one to port, and those that it calls"
        )
    return source


# What `ast` says of statements


def parameters(function: ast.FunctionDef) -> list[str]:
    """Names of all parameters."""
    given = function.args
    return [x.arg for x in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


def bound_by(node: ast.stmt) -> set[str]:
    """Names that a statement at the top of a file defines."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(x.asname or x.name).split(".")[0] for x in node.names}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {x.id for x in ast.walk(node) if isinstance(x, ast.Name) and _is_store(x)}


def _is_store(x: ast.expr) -> bool:
    return isinstance(getattr(x, "ctx", None), ast.Store)


def loads(statements: Sequence[ast.AST]) -> set[str]:
    """Names that are read."""
    return {
        x.id
        for node in statements
        for x in ast.walk(node)
        if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Load)
    }


def base(node: ast.AST) -> str:
    """The variable that a subscript is of, however often it is subscripted; "" where none is."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def out_argument(call: ast.AST) -> ast.expr | None:
    """Where a NumPy function is told to write its result."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    for keyword in call.keywords:
        if keyword.arg == "out":
            return keyword.value
    places = {**dict.fromkeys(UFUNCS, 2), **dict.fromkeys(UNARY, 1)}
    place = places.get(call.func.attr, len(call.args))
    return (
        call.args[place]
        if isinstance(call.func.value, ast.Name) and place < len(call.args)
        else None
    )


def stores(
    statements: Sequence[ast.stmt],
    changed: dict[str, list[str]],
    functions: dict[str, ast.FunctionDef],
    *,
    names: bool = True,
) -> list[str]:
    """Variables that are assigned or changed, in order; without `names`: changed in place only."""
    found: dict[str, None] = {}
    for node in (x for statement in statements for x in ast.walk(statement)):
        if isinstance(node, ast.Subscript) and _is_store(node):
            found[base(node)] = None
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = None  # of an array it is a change in place
        elif names and isinstance(node, ast.Name) and _is_store(node):
            found[node.id] = None
        elif isinstance(node, ast.Call):
            if (out := out_argument(node)) is not None:
                found[base(out)] = None
            if isinstance(node.func, ast.Name) and changed.get(node.func.id):
                for name, value in arguments_of(node, functions[node.func.id]).items():
                    if name in changed[node.func.id]:
                        found[base(value)] = None
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("sort", "fill"):
                found[base(node.func.value)] = None
    found.pop("", None)
    return list(found)


def arguments_of(call: ast.Call, function: ast.FunctionDef) -> dict[str, ast.expr]:
    """The arguments of a call by the names of the function's parameters."""
    given = dict(zip(parameters(function), call.args, strict=False))
    return given | {x.arg: x.value for x in call.keywords if x.arg}


def live(
    statements: Sequence[ast.stmt], after: set[str], functions: dict[str, ast.FunctionDef]
) -> set[str]:
    """Variables whose values the statements, or what follows them, may still read."""
    now = set(after)
    for node in reversed(statements):
        if isinstance(node, ast.For):
            body = live(node.body, now, functions)
            body = live(node.body, now | body, functions) - _names(node.target)
            now = now | body | loads([node.iter])
        elif isinstance(node, ast.While):
            body = live(node.body, now | loads([node.test]), functions)
            now = now | live(node.body, now | body, functions) | loads([node.test])
        elif isinstance(node, ast.If):
            yes, no = (live(x, now, functions) for x in (node.body, node.orelse))
            now = yes | no | loads([node.test])
        elif isinstance(node, ast.Return):
            now = loads([node])
        else:
            killed: set[str] = set()
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    killed |= _names(target)
            now = (now - killed) | loads([node])
            if isinstance(node, ast.AugAssign):
                now |= {base(node.target)}
            if isinstance(node, ast.Assign):
                now |= {base(t) for t in _targets(node) if isinstance(t, ast.Subscript)}
    return now - {""}


def _targets(node: ast.Assign) -> Iterator[ast.expr]:
    for target in node.targets:
        yield from target.elts if isinstance(target, ast.Tuple) else [target]


def _names(target: ast.expr) -> set[str]:
    elements = target.elts if isinstance(target, ast.Tuple) else [target]
    return {x.id for x in elements if isinstance(x, ast.Name)}
