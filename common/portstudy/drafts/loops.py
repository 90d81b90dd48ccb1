"""A statement on parts of arrays, element by element, as the loops that it stands for.

`b[1:-1] = 0.5 * (a[:-2] + a[2:])` becomes a loop in which `b[i] = 0.5 * (a[i - 1] + a[i + 1])`:
nothing is stored in between, and Numba compiles it in a fraction of the time. Only where each
element depends on no other element of what is written.
"""

import ast
from collections.abc import Callable
from typing import Any

import libcst as cst

from portstudy.drafts.source import code, expression, tree

FUNCTIONS = {
    "abs", "absolute", "arctan2", "cos", "exp", "log", "maximum", "minimum", "sin", "sqrt", "tan",
    "tanh",
}  # fmt: skip
INDICES = ("i", "j", "k", "l", "m", "n")


class _No(Exception):
    pass


def as_loops(
    node: cst.SimpleStatementLine,
    numpy: str,
    dimensions: Callable[[cst.BaseExpression], int | None],
    used: set[str],
    views: set[str],
    outer: str,
) -> cst.BaseStatement | None:
    """The loops of a statement, the outermost over `outer` (range or prange); None: it stays.

    `dimensions` are those of an expression, as observed; `used` the names that are taken, `views`
    those of variables that may be parts of another array.
    """
    if len(node.body) != 1:
        return None
    (small,) = node.body
    if isinstance(small, cst.Assign) and len(small.targets) == 1:
        target = small.targets[0].target
    elif isinstance(small, cst.AugAssign):
        target = small.target
    else:
        return None
    if not isinstance(target, cst.Subscript) or not isinstance(target.value, cst.Name):
        return None
    if dimensions(target) in (None, 0) or target.value.value in views:
        return None
    if dimensions(small.value) == 0:  # a number everywhere: there is nothing to fuse
        return None
    try:
        return _written(node, small, target, numpy, dimensions, used, views, outer)
    except _No:
        return None


def _written(node, small, target, numpy, dimensions, used, views, outer):
    name = target.value.value
    lower, upper = _bounds(target, dimensions(target.value))
    if any(isinstance(x.slice, cst.Index) and dimensions(x.slice.value) != 0 for x in target.slice):
        raise _No
    free = [x for x in (*INDICES, *(f"{x}2" for x in INDICES)) if x not in used]
    indices = free[: len(lower)]
    value = _value(
        small.value, _Names(numpy, dimensions, views, name, code(target), lower, indices)
    )
    place = _index(target, lower, indices, lower)
    changed: dict[str, Any] = {
        "value": value.with_changes(lpar=[], rpar=[]) if value.lpar else value
    }
    if "\n" in code(changed["value"]):
        changed["value"] = (
            value
            if value.lpar
            else value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        )
    if isinstance(small, cst.Assign):
        changed["targets"] = [small.targets[0].with_changes(target=place)]
    else:
        changed["target"] = place
    inner: cst.BaseStatement = node.with_changes(
        body=[small.with_changes(**changed)], leading_lines=[]
    )
    for depth in reversed(range(len(indices))):
        start = "" if lower[depth] == "0" else f"{lower[depth]}, "
        over = outer if depth == 0 else "range"
        loop = cst.parse_statement(
            f"for {indices[depth]} in {over}({start}{upper[depth]}):\n    pass\n"
        )
        assert isinstance(loop, cst.For)
        inner = loop.with_changes(body=cst.IndentedBlock([inner]))
    return inner.with_changes(leading_lines=node.leading_lines)


class _Names:
    """What a value is rewritten with."""

    def __init__(self, numpy, dimensions, views, target, text, lower, indices):
        self.numpy, self.dimensions, self.views = numpy, dimensions, views
        self.target, self.text, self.lower, self.indices = target, text, lower, indices


def _value(node: cst.BaseExpression, names: _Names) -> cst.BaseExpression:
    """The value of one element; _No where it is not computed element by element."""
    if isinstance(node, cst.Integer | cst.Float):
        return node
    if isinstance(node, cst.BinaryOperation):
        if isinstance(node.operator, cst.MatrixMultiply):
            raise _No
        return node.with_changes(left=_value(node.left, names), right=_value(node.right, names))
    if isinstance(node, cst.UnaryOperation):
        return node.with_changes(expression=_value(node.expression, names))
    if isinstance(node, cst.Call):
        called = tree(node.func)
        known = isinstance(called, ast.Attribute) and ast.unparse(called.value) == names.numpy
        if not known or called.attr not in FUNCTIONS or any(x.keyword for x in node.args):
            raise _No
        return node.with_changes(
            args=[x.with_changes(value=_value(x.value, names)) for x in node.args]
        )
    rank = names.dimensions(node)
    if isinstance(node, cst.Name | cst.Attribute) and rank == 0:
        return node
    if isinstance(node, cst.Name):
        if rank != len(names.indices) or node.value in names.views or node.value == names.target:
            raise _No
        lower = ["0"] * rank
        return expression(f"{node.value}[{', '.join(_shifted(names, lower))}]")
    if isinstance(node, cst.Subscript) and isinstance(node.value, cst.Name):
        if node.value.value == names.target and code(node) != names.text:
            raise _No
        if node.value.value in names.views:
            raise _No
        if rank == 0:
            return node
        whole = names.dimensions(node.value)
        lower, _ = _bounds(node, whole)
        if len(lower) != len(names.indices):
            raise _No
        if any(
            isinstance(x.slice, cst.Index) and names.dimensions(x.slice.value) != 0
            for x in node.slice
        ):
            raise _No
        return _index(node, names.lower, names.indices, lower)
    raise _No


def _bounds(node: cst.Subscript, whole: int | None) -> tuple[list[str], list[str]]:
    """The first index of each axis that is kept, and the one after its last."""
    if whole is None:
        raise _No
    lower, upper = [], []
    name = code(node.value)
    for axis, element in enumerate(node.slice):
        inner = element.slice
        if isinstance(inner, cst.Index):
            if code(inner.value) in ("None", "...") or code(inner.value).endswith("newaxis"):
                raise _No
            continue
        assert isinstance(inner, cst.Slice)
        if inner.step is not None:
            raise _No
        low = code(inner.lower) if inner.lower is not None else "0"
        high = code(inner.upper) if inner.upper is not None else f"{name}.shape[{axis}]"
        if low.startswith("-"):
            raise _No
        if high.startswith("-"):
            high = f"{name}.shape[{axis}] - {high[1:]}"
        lower.append(low)
        upper.append(high)
    for axis in range(len(node.slice), whole):
        lower.append("0")
        upper.append(f"{name}.shape[{axis}]")
    return lower, upper


def _shifted(names: _Names, lower: list[str]) -> list[str]:
    return [
        _plus(index, own, other)
        for index, own, other in zip(names.indices, lower, names.lower, strict=True)
    ]


def _plus(index: str, own: str, target: str) -> str:
    """The index in an array whose part begins at `own`, where the target's begins at `target`."""
    if own == target:
        return index
    if own.isdigit() and target.isdigit():
        shift = int(own) - int(target)
        return f"{index} {'+' if shift > 0 else '-'} {abs(shift)}"
    if target == "0":
        return f"{index} + {own}"
    left, _, right = own.rpartition("+")
    if left.strip() == target and right.strip().isdigit():
        return f"{index} + {right.strip()}"
    left, _, right = target.rpartition("+")
    if left.strip() == own and right.strip().isdigit():
        return f"{index} - {right.strip()}"
    back = own if own.isidentifier() or own.isdigit() else f"({own})"
    away = target if target.isidentifier() or target.isdigit() else f"({target})"
    return f"{index} - {away}" if own == "0" else f"{index} + {back} - {away}"


def _index(
    node: cst.Subscript, target: list[str], indices: list[str], lower: list[str]
) -> cst.BaseExpression:
    parts, kept = [], 0
    for element in node.slice:
        inner = element.slice
        if isinstance(inner, cst.Index):
            parts.append(code(inner.value))
        else:
            parts.append(_plus(indices[kept], lower[kept], target[kept]))
            kept += 1
    for depth in range(kept, len(indices)):
        parts.append(_plus(indices[depth], lower[depth], target[depth]))
    return expression(f"{code(node.value)}[{', '.join(parts)}]")
