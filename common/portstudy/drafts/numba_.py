"""The Numba drafts: the function compiled as it is, with what Numba lacks said another way.

In parallel only where that is provably the same: a loop each of whose passes writes elements of its
own and reads no others of what it writes, and operations on whole arrays, element by element.
"""

import ast
from collections.abc import Sequence
from typing import Any

import libcst as cst

from portstudy.drafts.loops import as_loops
from portstudy.drafts.masks import masked_assignment
from portstudy.drafts.observe import Observed
from portstudy.drafts.source import (
    Cannot,
    Source,
    base,
    code,
    expression,
    live,
    loads,
    parameters,
    stores,
    tree,
)

WORTH = 200e-6
"""Seconds that a statement takes in NumPy, below which threads do not pay."""
VIEWING = {
    "asarray", "ascontiguousarray", "atleast_1d", "atleast_2d", "broadcast_to", "diagonal",
    "expand_dims", "flip", "fliplr", "flipud", "imag", "moveaxis", "ravel", "real", "reshape",
    "squeeze", "swapaxes", "transpose", "view",
}  # fmt: skip
"""Functions whose result may be a view of their argument."""
_NUMBERS = {"int", "float", "complex", "bool"}
ELEMENTWISE = {
    "abs", "add", "arctan2", "clip", "cos", "exp", "log", "maximum", "minimum", "multiply",
    "sin", "sqrt", "subtract", "tanh", "where", "divide", "power", "tan",
}  # fmt: skip


def draft(source: Source, observed: Observed) -> str:
    """The text of `numba_njit.py`, or Cannot."""
    return _written(source, observed, {}, parallel=False)


def parallel(source: Source, observed: Observed) -> str:
    """The text of `numba_parallel.py`; Cannot says why nothing in it is independent."""
    loops: dict[str, set[int]] = {}
    reasons: list[str] = []
    for name in source.called:
        loops[name] = set()
        _find_loops(source, source.trees[name].body, name, loops[name], reasons)
        for line in sorted(loops[name]):
            seconds = observed.each(line, _last(source.trees[name], line))
            if seconds < WORTH:
                loops[name].remove(line)
                reasons.append(f"line {line}: a loop of {1e6 * seconds:.0f} µs")
    text = _written(source, observed, loops, parallel=True)
    if "parallel=True" not in text:
        why = f": {'; '.join(reasons[:2])}" if reasons else ""
        raise Cannot(
            "nothing that takes long enough for threads to pay "
            f"({1e6 * WORTH:.0f} µs) is provably independent{why}"
        )
    return text


def _last(function: ast.FunctionDef, line: int) -> int:
    """The last line of the statement that begins in a line."""
    statements = [x for x in ast.walk(function) if isinstance(x, ast.stmt)]
    return max((x.end_lineno or line for x in statements if x.lineno == line), default=line)


def _written(
    source: Source, observed: Observed, loops: dict[str, set[int]], *, parallel: bool
) -> str:
    body = []
    imports = {"njit"}
    helpers: dict[str, str] = {}
    for node in source.body():
        if isinstance(node, cst.FunctionDef):
            name = node.name.value
            rewrite = _Rewrite(
                source, observed, name, loops.get(name, set()), helpers, parallel=parallel
            )
            new = node.visit(rewrite)
            assert isinstance(new, cst.FunctionDef)
            if "prange(" in code(new):
                imports.add("prange")
            threads = "prange(" in code(new) or _whole_arrays(source, observed, name)
            options = ["parallel=True"] if parallel and threads else []
            if "/" in code(new.body):  # a division by zero is inf, as in NumPy's arrays
                options.append('error_model="numpy"')
            decorator = f"njit({', '.join(options)})" if options else "njit"
            node = new.with_changes(decorators=[cst.Decorator(expression(decorator))])
        body.append(node)
    module = source.module.with_changes(body=body)
    return _with_imports(module, source, sorted(imports), helpers)


class _Rewrite(cst.CSTTransformer):
    """Says what Numba has no words for in those that it has."""

    def __init__(
        self, source: Source, observed: Observed, name: str, loops: set[int],
        helpers: dict[str, str], *, parallel: bool,
    ) -> None:  # fmt: skip
        super().__init__()
        self.source, self.observed, self.name = source, observed, name
        self.loops, self.helpers, self.parallel = loops, helpers, parallel
        self.numpy = source.numpy
        function = source.trees[name]
        self.used = {x.id for x in ast.walk(function) if isinstance(x, ast.Name)}
        self.used |= {*parameters(function)}
        self.views = _views(function)
        self.constants = {
            base(x)
            for node in ast.parse(source.module.code).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for x in node.targets
        }
        self.depth = 0
        """Of loops that are parallel already."""

    def _is_mask(self, index: cst.BaseExpression) -> bool:
        node = tree(index)
        if isinstance(node, ast.Name):
            return self.observed.is_mask(self.name, node.id)
        arrays = {x for x in loads([node]) if self.observed.is_array(self.name, x)}
        return (
            isinstance(node, ast.Compare)
            and bool(arrays)
            and not isinstance(node.left, ast.Subscript)
        )

    def dimensions(self, node: cst.BaseExpression) -> int | None:
        """Of an array that is a variable, as observed."""
        parsed = tree(node)
        if isinstance(parsed, ast.Name):
            found = self.observed.kind(self.name, parsed.id)
            if found.endswith("]"):
                return int(found.partition("[")[2][:-1])
            if not found and parsed.id not in self.used:
                return None
            kinds = self.observed.kinds.get((self.name, parsed.id), set())
            if kinds and all(x in _NUMBERS or x.endswith("[0]") for x in kinds):
                return 0
            return None if kinds or parsed.id not in self.constants else 0
        if isinstance(parsed, ast.Constant):
            return 0
        if isinstance(parsed, ast.BinOp) and isinstance(node, cst.BinaryOperation):
            sides = [self.dimensions(node.left), self.dimensions(node.right)]
            return None if None in sides else max(x for x in sides if x is not None)
        if isinstance(parsed, ast.Subscript) and isinstance(parsed.value, ast.Attribute):
            return 0 if parsed.value.attr == "shape" else None
        if isinstance(node, cst.UnaryOperation):
            return self.dimensions(node.expression)
        if isinstance(node, cst.Subscript):
            whole = self.dimensions(node.value)
            if whole is None:
                return None
            for element in node.slice:
                if isinstance(element.slice, cst.Index):
                    inner = element.slice.value
                    if code(inner) == "None" or code(inner).endswith("newaxis"):
                        whole += 1
                    elif self.dimensions(inner) == 0:
                        whole -= 1
                    else:
                        return None
            return whole
        return None

    def visit_For(self, node: cst.For) -> None:  # noqa: N802
        self.depth += self.source.lines.get(id(node)) in self.loops

    def leave_For(self, original_node: cst.For, updated_node: cst.For) -> cst.For:  # noqa: N802
        self.depth -= self.source.lines.get(id(original_node)) in self.loops
        if self.source.lines.get(id(original_node)) in self.loops:
            call = updated_node.iter
            assert isinstance(call, cst.Call)
            return updated_node.with_changes(iter=call.with_changes(func=cst.Name("prange")))
        return updated_node

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement:
        first = self.source.lines.get(id(original_node), 0)
        last = _last(self.source.trees[self.name], first)
        long = self.observed.each(first, last) >= WORTH
        outer = "prange" if self.parallel and not self.depth and long else "range"
        loops = as_loops(updated_node, self.numpy, self.dimensions, self.used, self.views, outer)
        return loops or updated_node

    def leave_Assign(  # noqa: N802
        self, original_node: cst.Assign, updated_node: cst.Assign
    ) -> cst.Assign:
        target = updated_node.targets[0].target
        if len(updated_node.targets) == 1:
            where = masked_assignment(target, updated_node.value, self._is_mask)
            if where:
                return self._where(*where)
        return updated_node

    def leave_AugAssign(  # noqa: N802
        self, original_node: cst.AugAssign, updated_node: cst.AugAssign
    ) -> cst.AugAssign | cst.Assign:
        operator = code(updated_node.operator).strip().removesuffix("=")
        template = expression(f"a {operator} b")
        assert isinstance(template, cst.BinaryOperation)
        target = updated_node.target
        value = updated_node.value
        if (
            not isinstance(value, cst.Name | cst.Call | cst.Subscript | cst.BaseNumber)
            and not value.lpar
        ):
            value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        assert isinstance(target, cst.Name | cst.Subscript | cst.Attribute)
        whole = template.with_changes(left=target, right=value)
        where = masked_assignment(target, whole, self._is_mask)
        return self._where(*where) if where else updated_node

    def _where(self, name: str, mask: cst.BaseExpression, value: cst.BaseExpression) -> cst.Assign:
        value = value.with_changes(lpar=[], rpar=[]) if not isinstance(value, cst.Tuple) else value
        text = f"{name}[:] = {self.numpy}.where({code(mask)}, {code(value)}, {name})"
        statement = cst.parse_statement(text)
        assert isinstance(statement, cst.SimpleStatementLine)
        (small,) = statement.body
        assert isinstance(small, cst.Assign)
        return small

    def leave_BinaryOperation(  # noqa: N802
        self, original_node: cst.BinaryOperation, updated_node: cst.BinaryOperation
    ) -> cst.BaseExpression:
        return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802
        numpy = self.numpy
        called = tree(updated_node.func)
        if isinstance(called, ast.Name) and called.id == "abs":  # Numba's is of numbers alone
            if self.dimensions(original_node.args[0].value) == 0:
                return updated_node
            return updated_node.with_changes(func=expression(f"{numpy}.abs"))
        if not isinstance(called, ast.Attribute):
            return updated_node
        name = ast.unparse(called)
        given = [x for x in updated_node.args if x.keyword is None]
        named = {x.keyword.value: x.value for x in updated_node.args if x.keyword is not None}
        if name == f"{numpy}.ndarray":
            return updated_node.with_changes(func=expression(f"{numpy}.empty"))
        if name == f"{numpy}.add.outer" and len(given) == 2:
            left, right = (code(x.value) for x in given)
            return expression(f"({left})[:, None] + {right}")
        if name == f"{numpy}.reshape" and len(given) == 2 and not named:
            array = self._contiguous(given[0].value)
            return updated_node.with_changes(args=[given[0].with_changes(value=array), *given[1:]])
        if (
            name == f"{numpy}.linspace"
            and "dtype" in named
            and code(named["dtype"]).endswith("float64")
        ):
            kept = [x for x in updated_node.args if x.keyword is None or x.keyword.value != "dtype"]
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            return updated_node.with_changes(args=kept)
        if name in (f"{numpy}.maximum", f"{numpy}.minimum") and len(given) == 2:
            array, other = given[0].value, given[1].value
            if isinstance(array, cst.Name) and isinstance(other, cst.Integer):
                kinds = self.observed.kinds.get((self.name, array.value), set())
                if any(x.startswith("float32") for x in kinds):
                    value = expression(f"{array.value}.dtype.type({other.value})")
                    return updated_node.with_changes(
                        args=[given[0], given[1].with_changes(value=value)]
                    )
        reductions = {"mean", "std", "max", "min", "sum", "amax", "amin"}
        is_function = isinstance(called.value, ast.Name) and called.value.id == numpy
        if is_function and called.attr in reductions and given and (named or len(given) == 2):
            return self._reduction(updated_node, called.attr, given, named)
        return updated_node

    def _contiguous(self, node: cst.BaseExpression) -> cst.BaseExpression:
        if isinstance(node, cst.Name):
            return expression(f"{self.numpy}.ascontiguousarray({node.value})")
        return node

    def _reduction(
        self,
        node: cst.Call,
        what: str,
        given: Sequence[cst.Arg],
        named: dict[str, cst.BaseExpression],
    ) -> cst.BaseExpression:
        """`np.mean(x, axis=0)` and its like, of which Numba knows `sum` alone."""
        array = code(given[0].value)
        axis_node = named.get("axis") or (given[1].value if len(given) == 2 else None)
        if axis_node is None or set(named) - {"axis", "keepdims"}:
            return node
        try:
            axis = ast.literal_eval(code(axis_node))
        except ValueError:
            return node
        keep = "keepdims" in named and code(named["keepdims"]) == "True"
        axes = sorted(axis if isinstance(axis, tuple) else (axis,), reverse=True)
        if what == "sum" and axis_node is not None and len(axes) == 1 and not keep:
            return node
        if len(axes) > 1 and any(x < 0 for x in axes):
            return node
        if what in ("max", "amax", "min", "amin"):
            text = array
            for x in axes:
                text = f"{self._over(what.removeprefix('a'), x)}({text})"
            return self._kept(text, axes, keep)
        text = array
        for x in axes:
            text = f"{self.numpy}.sum({text}, axis={x})"
        count = " * ".join(f"{_atom(array)}.shape[{x}]" for x in sorted(axes))
        if what == "mean":
            text = f"{text} / {_atom_if(count)}"
            return self._kept(f"({text})", axes, keep)
        if what == "std":
            mean = self._kept(f"({self.numpy}.sum({array}, axis={axes[0]}) / {count})", axes, True)
            if len(axes) > 1 or mean is None:
                return node
            square = f"({_atom(array)} - {code(mean)}) ** 2"
            return self._kept(
                f"{self.numpy}.sqrt({self.numpy}.sum({square}, axis={axes[0]}) / {count})",
                axes, keep,
            )  # fmt: skip
        return self._kept(text, axes, keep)

    def _over(self, what: str, axis: int) -> str:
        """The name of a function that reduces over one axis, which the draft then has."""
        name = f"{what}_over_axis_{axis}" if axis >= 0 else f"{what}_over_axis_{-axis}_from_the_end"
        place = "..., {0}" + ", :" * (-1 - axis) if axis < 0 else ":, " * axis + "{0}"
        self.helpers[name] = _OVER.format(
            name=name, numpy=self.numpy, what=what, axis=axis,
            first=place.format("0"), here=place.format("i"),
        )  # fmt: skip
        return name

    def _kept(self, text: str, axes: list[int], keep: bool) -> cst.BaseExpression:
        for x in sorted(axes) if keep else ():
            text = f"{self.numpy}.expand_dims({text}, {x})"
        return expression(text)


_OVER = """

@njit
def {name}(x):
    \"\"\"{numpy}.{what}(x, axis={axis}), which Numba lacks.\"\"\"
    best = x[{first}].copy()
    for i in range(1, x.shape[{axis}]):
        best = {numpy}.{what}imum(best, x[{here}])
    return best
"""


def _atom(text: str) -> str:
    return text if text.replace("_", "").isalnum() else f"({text})"


def _atom_if(text: str) -> str:
    return f"({text})" if " " in text else text


def _with_imports(
    module: cst.Module, source: Source, names: list[str], helpers: dict[str, str]
) -> str:
    body = list(module.body)
    at = 0
    for i, node in enumerate(body):
        if not isinstance(node, cst.SimpleStatementLine):
            break
        small = node.body[0]
        if (i == 0 and isinstance(small, cst.Expr)) or isinstance(small, cst.Import):
            at = i + 1
    lines = f"from numba import {', '.join(names)}\n{''.join(helpers.values())}"
    text = f"{module.code}{lines}"
    numpy = source.numpy
    if f"{numpy}." in text and not any(f"import numpy{x}\n" in text for x in ("", f" as {numpy}")):
        lines = f"import numpy as {numpy}\n{lines}"
    made = list(cst.parse_module(f"pass\n{lines}").body[1:])
    if at == 1 and not _is_import(body[0]):  # after a docstring
        made[0] = made[0].with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    return module.with_changes(body=[*body[:at], *made, *body[at:]]).code


def _is_import(node: Any) -> bool:
    return isinstance(node.body[0], cst.Import | cst.ImportFrom)


# What is independent


def _find_loops(
    source: Source,
    body: Sequence[ast.stmt],
    name: str,
    found: set[int],
    reasons: list[str],
    after: set[str] | None = None,
) -> None:
    """The outermost loops of a function whose passes are independent, by their lines."""
    after = set() if after is None else after
    for i, node in enumerate(body):
        rest = live(body[i + 1 :], after, source.trees)
        if isinstance(node, ast.For):
            why = dependence(source, node, rest, name)
            if not why:
                found.add(node.lineno)
                continue
            reasons.append(f"line {node.lineno}: {why}")
            _find_loops(
                source, node.body, name, found, reasons, rest | live(node.body, rest, source.trees)
            )
        elif isinstance(node, ast.If):
            for part in (node.body, node.orelse):
                _find_loops(source, part, name, found, reasons, rest)
        elif isinstance(node, ast.While):
            _find_loops(
                source, node.body, name, found, reasons, rest | live(node.body, rest, source.trees)
            )


def dependence(source: Source, loop: ast.For, after: set[str], name: str) -> str:
    """Why the passes of a loop may depend on one another; "" where they provably do not."""
    call = loop.iter
    if not (isinstance(call, ast.Call) and base(call.func) == "range"):
        return "it runs over no range"
    if len(call.args) == 3 and ast.unparse(call.args[2]) != "1":
        return "its range has a step"
    if not isinstance(loop.target, ast.Name) or loop.target.id == "_":
        return "its index decides nothing"
    index = loop.target.id
    for node in (x for statement in loop.body for x in ast.walk(statement)):
        if isinstance(node, ast.Return | ast.Break | ast.Continue):
            return f"it may {type(node).__name__.lower()} early"
        if isinstance(node, ast.While):
            return "a while inside of it"
        if isinstance(node, ast.Name) and node.id == index and isinstance(node.ctx, ast.Store):
            return f"{index} is assigned"
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and source.changed.get(called.id):
                return f"{called.id} changes its arguments"
            if isinstance(called, ast.Attribute) and called.attr in ("append", "sort", "fill"):
                return f"{ast.unparse(called)} changes what it is of"
            if any(x.arg == "out" for x in node.keywords):
                return "a result is written with out="
    private = {
        x.id
        for s in loop.body
        for x in ast.walk(s)
        if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)
    }
    changed = [
        x for x in stores(loop.body, source.changed, source.trees, names=False) if x not in private
    ]
    exposed = live(loop.body, set(), source.trees)
    views = _views(source.trees[name])
    for x in sorted(private):
        if x in exposed:
            return f"{x} is carried from one pass to the next"
        if x in after:
            return f"{x} is read after the loop"
        for node in (n for s in loop.body for n in ast.walk(s)):
            if not isinstance(node, ast.Assign) or x not in [base(t) for t in node.targets]:
                continue
            view = isinstance(node.value, ast.Name | ast.Subscript)
            if view and x in stores(loop.body, {}, {}, names=False):
                return f"{x} is a view of something else, and is changed"
    if shared := sorted(((loads(loop.body) - private) | ({*changed} - private)) & views):
        return f"{shared[0]} may be a part of another array"
    for x in changed:
        if why := _shared(loop, x, index):
            return why
    return "" if changed else "it changes nothing"


def _shared(loop: ast.For, name: str, index: str) -> str:
    """Why two passes may touch the same element of an array that the loop changes."""
    uses: list[ast.Subscript] = []
    inside: set[int] = set()
    for node in (x for statement in loop.body for x in ast.walk(statement)):
        if (
            isinstance(node, ast.AugAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id == name
        ):
            return f"{name} is added to in each pass"
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id == name
        ):
            uses.append(node)
            inside.add(id(node.value))
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in ("shape", "dtype", "size", "ndim")
        ):
            inside.add(id(node.value))
    for node in (x for statement in loop.body for x in ast.walk(statement)):
        if isinstance(node, ast.Name) and node.id == name and id(node) not in inside:
            return f"{name} is read as a whole, and changed"
    places: set[int] | None = None
    for use in uses:
        parts = use.slice.elts if isinstance(use.slice, ast.Tuple) else [use.slice]
        if any(isinstance(x, ast.Constant) and x.value in (None, ...) for x in parts):
            return f"{ast.unparse(use)}: which axis is meant is not said"
        mine = {i for i, x in enumerate(parts) if isinstance(x, ast.Name) and x.id == index}
        places = mine if places is None else places & mine
        if not places:
            return f"{ast.unparse(use)} may be of another pass, and {name} is changed"
    return ""


def _whole_arrays(source: Source, observed: Observed, name: str) -> bool:
    """Does a function compute with whole arrays, element by element?"""
    for node in ast.walk(source.trees[name]):
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.MatMult):
            for side in (node.left, node.right):
                variable = base(side)
                whole = isinstance(side, ast.Name) or _keeps_axis(side)
                if whole and observed.is_array(name, variable):
                    last = _last(source.trees[name], node.lineno)
                    if observed.each(node.lineno, last) >= WORTH:
                        return True
    return False


def _views(function: ast.FunctionDef) -> set[str]:
    """Variables that may be a part of another array, or another name of it."""
    found = set()
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        if any(_is_view(x) for x in values):
            names = (x for target in node.targets for x in ast.walk(target))
            found |= {
                x.id for x in names if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)
            }
    return found


def _is_view(value: Any) -> bool:
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Attribute):
        return value.value.attr != "shape"
    if isinstance(value, ast.Attribute):
        return value.attr not in ("shape", "size", "ndim", "dtype")
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Attribute) and value.func.attr in VIEWING
    return isinstance(value, ast.Name | ast.Subscript)


def _keeps_axis(node: ast.expr) -> bool:
    if not isinstance(node, ast.Subscript):
        return False
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return any(isinstance(x, ast.Slice) for x in parts)
