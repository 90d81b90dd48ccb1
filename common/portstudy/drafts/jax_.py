"""The JAX draft: arrays that do not change, sizes that are static, loops that are compiled.

A loop over a range becomes a `fori_loop` that carries what a later pass or the rest of the function
reads. Where its index decides a shape it stays a Python loop, which JAX unrolls, as long as there
are few passes. A slice whose bounds move becomes a window of fixed length (`dynamic_slice_in_dim`)
or the whole axis under a mask; a branch that depends on values, `where` or `cond`.
"""

import ast
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from portstudy.drafts.masks import masked_assignment
from portstudy.drafts.observe import Observed
from portstudy.drafts.source import (
    Cannot,
    Source,
    arguments_of,
    base,
    code,
    expression,
    live,
    loads,
    out_argument,
    parameters,
    stores,
    tree,
    trees,
)

UNROLLED = 150
"""Lines that a Python loop may become when it is traced."""
SMALL = 8
"""Up to so many it stays one in any case."""
FIXED = {"shape", "ndim", "dtype", "size"}
SHAPED = {
    "arange", "broadcast_to", "empty", "eye", "full", "histogram", "identity", "linspace",
    "ndarray", "ones", "repeat", "reshape", "tile", "zeros",
}  # fmt: skip
ELEMENTWISE = {
    "abs", "absolute", "add", "arctan2", "clip", "conj", "cos", "divide", "exp", "log", "maximum",
    "minimum", "multiply", "power", "sin", "sqrt", "square", "subtract", "tan", "tanh", "where",
    "imag", "real", "max", "min",
}  # fmt: skip
"""Functions of which each value of the result depends on the same value of each argument."""
METHODS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power"}
JNP = "jnp"
_BLANK = cst.EmptyLine(indent=False)

Node = Any  # a statement: LibCST has no type of all that have leading lines


def draft(source: Source, observed: Observed) -> str:
    """The text of `jax_jit.py`, or Cannot."""
    return _Draft(source, observed).text()


@dataclass
class _Draft:
    source: Source
    observed: Observed
    traced: dict[str, set[str]] = field(default_factory=dict)
    """Which parameters of each function are traced."""
    static: dict[str, set[str]] = field(default_factory=dict)
    """Which parameters of each function must be static."""

    def text(self) -> str:
        source = self.source
        self._find_static()
        main = source.name
        names = parameters(source.trees[main])
        kinds = self.observed.kinds
        numbers = {"int", "bool", "str", "NoneType"}
        given = {x: kinds.get((main, x), set()) for x in names}
        fixed = [x for x in names if given[x] <= numbers and x in self.static[main]]
        fixed += [x for x in names if given[x] <= {"str", "NoneType"} and x not in fixed]
        self.traced = {name: set() for name in source.called}
        self.traced[main] = {*names} - {*fixed}
        written = {name: _Function(self, name).write() for name in source.called}
        body = []
        for node in source.body():
            if isinstance(node, cst.FunctionDef):
                node = written[node.name.value]
                if node.name.value == main:
                    node = node.with_changes(decorators=[_decorator(fixed)])
            body.append(node)
        module = source.module.with_changes(body=body)
        module = module.visit(_Renames(source.numpy))
        return _with_imports(module, partial=bool(fixed))

    def _find_static(self) -> None:
        """Parameters that reach a range, a slice, a shape or a branch, callees first."""
        for name in reversed(self.source.called):
            function = self.source.trees[name]
            wanted: set[str] = set()
            for node in ast.walk(function):
                if isinstance(node, ast.Slice):
                    wanted |= loads([x for x in (node.lower, node.upper, node.step) if x])
                elif isinstance(node, ast.If | ast.While | ast.IfExp):
                    wanted |= loads([node.test])
                elif isinstance(node, ast.Call):
                    called = node.func
                    where = called.attr if isinstance(called, ast.Attribute) else base(called)
                    if where in SHAPED or where == "range":
                        wanted |= loads([*node.args, *(x.value for x in node.keywords)])
                    elif where in self.static:
                        given = arguments_of(node, self.source.trees[where])
                        for parameter, value in given.items():
                            if parameter in self.static[where]:
                                wanted |= loads([value])
            while True:
                more = set(wanted)
                for node in ast.walk(function):
                    if isinstance(node, ast.Assign):
                        targets = {x.id for x in node.targets if isinstance(x, ast.Name)}
                        more |= loads([node.value]) if targets & wanted else set()
                if more == wanted:
                    break
                wanted = more
            self.static[name] = wanted & {*parameters(function)}


@dataclass
class _Function:
    draft: _Draft
    name: str

    def __post_init__(self) -> None:
        source = self.draft.source
        self.source, self.functions = source, source.trees
        self.changed = source.changed[self.name]
        self.main = self.name == source.name
        if self.main:
            kinds = self.draft.observed.kinds
            self.changed = [
                x for x in self.changed
                if any("[" in kind and kind[-3:] != "[0]" for kind in kinds[self.name, x])
                and x in self.draft.observed.changed
            ]  # fmt: skip
        self.returned = {*self.changed}
        self.traced = set(self.draft.traced[self.name])
        self.defined = {*parameters(self.functions[self.name])}
        self.used_names = loads(self.functions[self.name].body) | self.defined
        self.made: set[str] = set()
        self.inside = 0
        """Of how many loops and branches that JAX traces."""

    def write(self) -> cst.FunctionDef:
        node = self.source.functions[self.name]
        body = list(node.body.body)
        kept_all = self.block(body, set(self.returned), top=True)
        if self.changed and not (body and _returns(body[-1])):
            kept_all.append(statement(f"return {', '.join(self.changed)}"))
        return node.with_changes(body=cst.IndentedBlock(kept_all))

    # Statements

    def block(self, nodes: Sequence[Node], after: set[str], *, top: bool = False) -> list[Node]:
        """These statements, rewritten; `after`: the variables that what follows reads."""
        written: list[Node] = []
        nodes = [x if isinstance(x, cst.BaseStatement) else _line(x) for x in nodes]
        for i, node in enumerate(nodes):
            rest = live(trees(nodes[i + 1 :]), after, self.functions)
            if (pair := self._returning(node, nodes[i + 1 :], top)) is not None:
                return [*written, *pair]
            new = self.one(node, rest, top)
            if new and hasattr(node, "leading_lines"):
                lines = [*node.leading_lines]
                if isinstance(new[0], cst.FunctionDef):  # it has the blank line of its own
                    lines = [*[_BLANK] * bool(written), *(x for x in lines if x.comment)]
                new[0] = new[0].with_changes(leading_lines=lines)
            written += new
        return written

    def traced_block(self, nodes: Sequence[Node], after: set[str]) -> list[Node]:
        """The same, within what JAX traces."""
        self.inside += 1
        try:
            return self.block(nodes, after)
        finally:
            self.inside -= 1

    def one(self, node: Node, rest: set[str], top: bool) -> list[Node]:
        line = self.line(node)
        try:
            if isinstance(node, cst.SimpleStatementLine):
                return self.simple(node, top)
            if isinstance(node, cst.For):
                return self.loop(node, rest)
            if isinstance(node, cst.While):
                return self.while_loop(node, rest)
            if isinstance(node, cst.If):
                return self.branch(node, rest, top)
        except Cannot as error:
            raise error if error.line else Cannot(error.why, line) from None
        what = type(node).__name__.lower().replace("def", "")
        raise Cannot(f"a {what} inside of the function is not rewritten", line)

    def line(self, node: cst.CSTNode) -> int:
        return self.source.lines.get(id(node), 0)

    def simple(self, node: cst.SimpleStatementLine, top: bool) -> list[Node]:
        written: list[Node] = []
        for small in node.body:
            if isinstance(small, cst.Assign):
                written += self.assign(node, small)
            elif isinstance(small, cst.AugAssign):
                written += self.augmented(node, small)
            elif isinstance(small, cst.Expr) and isinstance(small.value, cst.Call):
                written += self.call(node, small)
            elif isinstance(small, cst.Return):
                written += self.give_back(node, small, top)
            elif isinstance(small, cst.Break | cst.Continue):
                raise Cannot(f"{code(small).strip()} in a loop that JAX must trace")
            else:
                written.append(node.with_changes(body=[small]))
        return [x.with_changes(leading_lines=[]) for x in written]

    def assign(self, node: cst.SimpleStatementLine, small: cst.Assign) -> list[Node]:
        targets = [x.target for x in small.targets]
        named = [x for x in targets if isinstance(x, cst.Name)]
        value_tree = tree(small.value)
        if call := self._changing(value_tree):
            return [
                statement(
                    f"{self._unpacked(targets)}, {', '.join(call)} = {self.text(small.value)}"
                )
            ]
        if (out := out_argument(value_tree)) is not None and not (
            named and base(out) == named[0].value
        ):
            raise Cannot(f"out={ast.unparse(out)} of a value that is used as well")
        if len(targets) == len(named):
            value = self.rewritten(small.value)
            self._note(named, self.is_traced(value_tree))
            return [node.with_changes(body=[small.with_changes(value=value)])]
        if len(targets) == 1 and isinstance(targets[0], cst.Tuple):
            return self._assign_tuple(node, targets[0], small)
        if len(targets) > 1:
            name = self.fresh("value")
            pair = next((p for t in targets if (p := self.ragged_pair(t))), None)
            lines = [statement(f"{name} = {self.text(small.value, pair)}")]
            for target in targets:
                lines.append(self.store(target, name))
            return lines
        target = targets[0]
        if not isinstance(target, cst.Subscript):
            raise Cannot(f"{code(target)} is assigned to: JAX's arrays do not change")
        where = masked_assignment(target, small.value, self._is_mask)
        if where:
            name, mask, value = where
            new = f"{name} = {self.numpy}.where({self.text(mask)}, {self.text(value)}, {name})"
            return [_keep(node, new)]
        return [
            _keep(node, code(self.store(target, self.text(small.value, self.ragged_pair(target)))))
        ]

    def store(self, target: cst.BaseExpression, value: str) -> Node:
        """`x[i] = v` as `x = x.at[i].set(v)`."""
        if isinstance(target, cst.Name):
            self._note([target], True)
            return statement(f"{target.value} = {value}")
        if not isinstance(target, cst.Subscript) or not isinstance(target.value, cst.Name):
            raise Cannot(f"{code(target)} is assigned to: JAX's arrays do not change")
        name = target.value.value
        pair = self.ragged_pair(target)
        index = self.index(target, pair)
        if pair:
            mask = self.mask(target, pair)
            value = f"{self.numpy}.where({mask}, {value}, {name}[{index}])"
        return statement(f"{name} = {name}.at[{index}].set({value})")

    def _assign_tuple(
        self, node: cst.SimpleStatementLine, target: cst.Tuple, small: cst.Assign
    ) -> list[Node]:
        elements = [x.value for x in target.elements]
        names = [x for x in elements if isinstance(x, cst.Name)]
        traced = self.is_traced(tree(small.value))
        if isinstance(small.value, cst.Tuple) and len(small.value.elements) == len(elements):
            values = [self.is_traced(tree(x.value)) for x in small.value.elements]
        else:
            values = [traced] * len(elements)
        text = self.text(small.value)
        if len(names) == len(elements):
            for name, is_traced in zip(names, values, strict=True):
                self._note([name], is_traced)
            return [_keep(node, f"{code(target)} = {text}")]
        temporary, lines = [], []
        for element in elements:
            if isinstance(element, cst.Name):
                temporary.append(element.value)
                self._note([element], True)
            else:
                new = self.fresh(f"new_{base(tree(element))}")
                temporary.append(new)
                lines.append(self.store(element, new))
        return [statement(f"{', '.join(temporary)} = {text}"), *lines]

    def augmented(self, node: cst.SimpleStatementLine, small: cst.AugAssign) -> list[Node]:
        operator = code(small.operator).strip().removesuffix("=")
        target = small.target
        if isinstance(target, cst.Name):
            value = self.rewritten(small.value)
            traced = self.is_traced(tree(small.value)) or target.value in self.traced
            self._note([target], traced)
            return [node.with_changes(body=[small.with_changes(value=value)])]
        if not isinstance(target, cst.Subscript) or not isinstance(target.value, cst.Name):
            raise Cannot(f"{code(target)} is changed: JAX's arrays do not change")
        name = target.value.value
        whole = cst.BinaryOperation(target, expression_operator(operator), _bracketed(small.value))
        if where := masked_assignment(target, whole, self._is_mask):
            name, mask, value = where
            new = f"{name} = {self.numpy}.where({self.text(mask)}, {self.text(value)}, {name})"
            return [_keep(node, new)]
        pair = self.ragged_pair(target)
        index, value_text = self.index(target, pair), self.text(small.value, pair)
        if operator not in METHODS or (pair and operator not in "+-*/"):
            return [
                _keep(
                    node,
                    f"{name} = {name}.at[{index}].set({name}[{index}] {operator} ({value_text}))",
                )
            ]
        if pair:
            nothing = "0" if operator in "+-" else "1"
            value_text = f"{self.numpy}.where({self.mask(target, pair)}, {value_text}, {nothing})"
        return [_keep(node, f"{name} = {name}.at[{index}].{METHODS[operator]}({value_text})")]

    def call(self, node: cst.SimpleStatementLine, small: Any) -> list[Node]:
        parsed = tree(small.value)
        if call := self._changing(parsed):
            returns = _gives(self.functions[parsed.func.id])
            first = "_, " if returns else ""
            return [_keep(node, f"{first}{', '.join(call)} = {self.text(small.value)}")]
        if (out := out_argument(parsed)) is not None:
            value = _without_out(small.value)
            if isinstance(out, ast.Name):
                return [_keep(node, f"{out.id} = {self.text(value)}")]
            target = expression(ast.unparse(out))
            return [_keep(node, code(self.store(target, self.text(value))))]
        called = parsed.func
        if isinstance(called, ast.Attribute) and called.attr == "append" and not self.inside:
            self._note([cst.Name(base(called))], True)  # a list of Python's, in a loop of Python's
            return [node.with_changes(body=[small.with_changes(value=self.rewritten(small.value))])]
        if isinstance(called, ast.Name) and called.id == "print":
            return [node.with_changes(body=[small])]
        raise Cannot(f"{code(small).strip()}: what it changes cannot be read off")

    def _changing(self, parsed: ast.expr) -> list[str]:
        """Variables that a call of a function of this file changes."""
        changed = self.source.changed
        if isinstance(parsed, ast.Call) and isinstance(parsed.func, ast.Name):
            function = parsed.func.id
            if changed.get(function):
                given = arguments_of(parsed, self.functions[function])
                values = [given[x] for x in changed[function] if x in given]
                for value in values:
                    if not isinstance(value, ast.Name):
                        raise Cannot(f"{function} changes {ast.unparse(value)}, a part of an array")
                return [x.id for x in values if isinstance(x, ast.Name)]
        for inner in ast.walk(parsed):
            called = base(inner.func) if isinstance(inner, ast.Call) else ""
            if inner is not parsed and changed.get(called):
                raise Cannot(f"{called} changes its arguments inside of an expression")
        return []

    def _unpacked(self, targets: Sequence[cst.BaseExpression]) -> str:
        if len(targets) > 1 or not isinstance(targets[0], cst.Name | cst.Tuple):
            raise Cannot("a call that changes its arguments, assigned to more than a name")
        self._note([targets[0]] if isinstance(targets[0], cst.Name) else [], True)
        text = code(targets[0])
        return f"({text})" if isinstance(targets[0], cst.Tuple) else text

    def give_back(self, node: cst.SimpleStatementLine, small: cst.Return, top: bool) -> list[Node]:
        if not top:
            raise Cannot("a return from within a loop or a branch that JAX must trace")
        value = self.rewritten(small.value) if small.value else None
        elements = [tree(small.value)] if small.value else []
        if elements and isinstance(elements[0], ast.Tuple):
            elements = elements[0].elts
        already = {x.id for x in elements if isinstance(x, ast.Name)}
        more = [x for x in self.changed if not (self.main and x in already)]
        if not more:
            return [node.with_changes(body=[small.with_changes(value=value)])]
        if value is None:
            return [_keep(node, f"return {', '.join(more)}")]
        given = code(value)
        if not self.main and isinstance(value, cst.Tuple):
            given = f"({given})" if not value.lpar else given
        elif isinstance(value, cst.Tuple):
            given = code(value.with_changes(lpar=[], rpar=[])).rstrip(", ")
        return [_keep(node, f"return {given}, {', '.join(more)}")]

    def _returning(self, node: Node, rest: Sequence[Node], top: bool) -> list[Node] | None:
        """`if t: return a` and `return b` as one, where the branch depends on values."""
        if not top or not isinstance(node, cst.If) or not self.is_traced(tree(node.test)):
            return None
        yes = _only_return(node.body.body)
        other = node.orelse.body.body if isinstance(node.orelse, cst.Else) else rest
        no = _only_return(other)
        if yes is None or no is None or (node.orelse is not None and rest):
            return None
        new = (
            f"return {self.numpy}.where({self.text(node.test)}, {self.text(yes)}, {self.text(no)})"
        )
        return [statement(new).with_changes(leading_lines=node.leading_lines)]

    # Loops

    def loop(self, node: cst.For, rest: set[str]) -> list[Node]:
        kept = (set(self.traced), set(self.defined), set(self.made))
        parsed = ast.parse(code(node)).body[0]
        assert isinstance(parsed, ast.For)
        cost = self._cost(node)
        if cost <= SMALL and not self._traced_range(parsed):
            with contextlib.suppress(Cannot):
                return self.unrolled(node, rest)
            self.traced, self.defined, self.made = (set(x) for x in kept)
        try:
            return self.compiled(node, parsed, rest)
        except Cannot as error:
            self.traced, self.defined, self.made = (set(x) for x in kept)
            if self._traced_range(parsed):
                raise
            if cost > UNROLLED:
                where = f"line {error.line}: " if error.line else ""
                raise Cannot(
                    f"{where}{error.why}; and the loop of line {self.line(node)} is too long to be "
                    f"unrolled ({cost:,.0f} lines)"
                ) from None
            return self.unrolled(node, rest)

    def _traced_range(self, node: ast.For) -> bool:
        """Does the number of passes depend on values?"""
        call = node.iter
        if not isinstance(call, ast.Call) or base(call.func) != "range":
            return False
        return any(self.is_traced(x) for x in call.args)

    def _cost(self, node: cst.For) -> float:
        """Lines that run each time when the loop does, as observed."""
        hits = self.draft.observed.hits
        inside = [self.line(x) for x in _statements(node.body)] or [self.line(node)]
        first, head = (hits.get(x, 0) for x in (inside[0], self.line(node)))
        times = max(1, head - first) if head else 1
        return sum(hits.get(x, 1) for x in inside) / times

    def unrolled(self, node: cst.For, rest: set[str]) -> list[Node]:
        parsed = ast.parse(code(node)).body[0]
        assert isinstance(parsed, ast.For)
        over = base(parsed.iter.func) if isinstance(parsed.iter, ast.Call) else ""
        names = [x.id for x in ast.walk(parsed.target) if isinstance(x, ast.Name)]
        for x in names:
            self.defined.add(x)
            counted = over == "range" or (over == "enumerate" and x == names[0])
            if self.is_traced(parsed.iter) and not counted:
                self.traced.add(x)
            else:
                self.traced.discard(x)
        after = rest | live(parsed.body, rest, self.functions)
        changed = {*stores(parsed.body, self.source.changed, self.functions)}
        carried = changed & live(parsed.body, set(), self.functions)
        arrays = {
            x for x in carried if self.draft.observed.kind(self.name, x) not in ("int", "bool")
        }
        self.traced |= arrays
        body = self.block(node.body.body, after)
        new = node.with_changes(
            body=cst.IndentedBlock(body), iter=self.rewritten(node.iter), leading_lines=[]
        )
        return [new]

    def compiled(self, node: cst.For, parsed: ast.For, rest: set[str]) -> list[Node]:
        if node.orelse:
            raise Cannot("a loop with an else")
        if not isinstance(node.target, cst.Name):
            raise Cannot(f"a loop over {code(node.iter)}, in which no range can be read off")
        index = node.target.value
        if index in rest:
            raise Cannot(f"{index} is read after the loop")
        call = parsed.iter
        first: list[str] = []
        if isinstance(call, ast.Call) and base(call.func) == "range":
            lower, upper, first, index_name = self._range(node, index)
        elif isinstance(call, ast.Name) and call.id in self.traced:
            index_name = self.fresh("i")
            lower, upper = "0", f"len({call.id})"
            first = [f"{index} = {call.id}[{index_name}]"]
        else:
            raise Cannot(f"a loop over {code(node.iter)}, in which no range can be read off")
        carried = self._carried(parsed.body, rest | {*()}, {index})
        self.traced |= {index, *carried}
        self.defined.add(index)
        inner = {*carried} | (live(parsed.body, {*carried}, self.functions))
        body = self.traced_block(node.body.body, inner)
        name = self.fresh(f"step_{index}".rstrip("_"))
        head, back, state = _carry(carried)
        lines = [statement(x) for x in [*head, *first]]
        step = _function(name, [index_name, state], [*lines, *body, statement(f"return {back}")])
        self.traced |= {*carried}
        new = f"{back} = jax.lax.fori_loop({lower}, {upper}, {name}, {_packed(carried)})"
        return [step, _after(new)]

    def _range(self, node: cst.For, index: str) -> tuple[str, str, list[str], str]:
        assert isinstance(node.iter, cst.Call)
        arguments = [self.text(x.value) for x in node.iter.args]
        start, stop = ("0", arguments[0]) if len(arguments) == 1 else arguments[:2]
        if len(arguments) < 3 or arguments[2] == "1":
            return start, stop, [], index if index != "_" else "_"
        counter = self.fresh("n")
        (step,) = [tree(node.iter.args[2].value)]
        if not self._traced_range(ast.parse(code(node)).body[0]):  # type: ignore[arg-type]
            count = f"len(range({', '.join(arguments)}))"
        elif ast.unparse(step) == "-1":
            count = f"({start}) - ({stop})"
        else:
            raise Cannot("a range whose bounds and step depend on values")
        sign, size = (
            ("-", arguments[2][1:]) if arguments[2].startswith("-") else ("+", arguments[2])
        )
        size = counter if size == "1" else f"{size} * {counter}"
        return "0", count, [f"{index} = {start} {sign} {size}"], counter

    def _carried(self, body: Sequence[ast.stmt], rest: set[str], index: set[str]) -> list[str]:
        for node in (x for statement in body for x in ast.walk(statement)):
            if isinstance(node, ast.Return | ast.Break | ast.Continue):
                what = type(node).__name__.lower()
                raise Cannot(f"{what} in the loop: the number of passes depends on values")
        changed = stores(body, self.source.changed, self.functions)
        again = live(body, set(), self.functions)
        carried = [x for x in changed if (x in again or x in rest) and x not in index]
        for name in carried:
            if name not in self.defined:
                raise Cannot(f"{name} has no value before the loop, and is read after it")
        if not carried:
            raise Cannot("nothing that the loop carries can be read off")
        return carried

    def while_loop(self, node: cst.While, rest: set[str]) -> list[Node]:
        parsed = ast.parse(code(node)).body[0]
        assert isinstance(parsed, ast.While)
        tested = loads([parsed.test])
        carried = self._carried(parsed.body, rest | tested, set())
        self.traced |= {*carried}
        test = self.text(node.test)
        inner = {*carried} | live(parsed.body, {*carried}, self.functions)
        body = self.traced_block(node.body.body, inner)
        head, back, state = _carry(carried)
        lines = [statement(x) for x in head]
        more, step = self.fresh("more"), self.fresh("step")
        return [
            _function(more, [state], [*lines, statement(f"return {test}")]),
            _function(step, [state], [*lines, *body, statement(f"return {back}")]).with_changes(
                leading_lines=[_BLANK]
            ),
            statement(
                f"{back} = jax.lax.while_loop({more}, {step}, {_packed(carried)})"
            ).with_changes(leading_lines=[_BLANK]),
        ]

    def branch(self, node: cst.If, rest: set[str], top: bool) -> list[Node]:
        test = tree(node.test)
        no_node = node.orelse
        if not self.is_traced(test):
            before, defined = set(self.traced), set(self.defined)
            yes = self.block(node.body.body, rest, top=top)
            traced, both = self.traced, self.defined
            self.traced, self.defined = before, defined
            if isinstance(no_node, cst.Else):
                no = self.block(no_node.body.body, rest, top=top)
                no_node = no_node.with_changes(body=cst.IndentedBlock(no))
            elif no_node:
                no_node = self.branch(no_node, rest, top)[0]
            self.traced |= traced
            self.defined |= both
            new = node.with_changes(
                test=self.rewritten(node.test),
                body=cst.IndentedBlock(yes or [statement("pass")]),
                orelse=no_node, leading_lines=[],
            )  # fmt: skip
            return [new]
        parsed = ast.parse(code(node)).body[0]
        assert isinstance(parsed, ast.If)
        changed = stores(parsed.body, self.source.changed, self.functions)
        changed += [
            x
            for x in stores(parsed.orelse, self.source.changed, self.functions)
            if x not in changed
        ]
        carried = [x for x in changed if x in rest]
        for name in carried:
            if name not in self.defined:
                raise Cannot(f"{name} has no value before the branch, and is read after it")
        if not carried:
            raise Cannot("what the branch changes cannot be read off")
        test_text = self.text(node.test)
        head, back, state = _carry(carried)
        bodies = []
        other: Sequence[Node] = []
        if isinstance(no_node, cst.If):  # an elif
            other = [no_node]
        elif no_node:
            other = no_node.body.body
        for nodes in (node.body.body, other):
            kept = set(self.traced)
            self.traced |= {*carried}
            bodies.append(self.traced_block(nodes, {*carried} | rest))
            self.traced |= kept
        one = self._as_where(carried, test_text, bodies)
        if one:
            return one
        yes_name, no_name = (self.fresh(x) for x in ("then", "otherwise"))
        lines = [statement(x) for x in head]
        no_body = [*lines, *bodies[1], statement(f"return {back}")]
        made = [_function(yes_name, [state], [*lines, *bodies[0], statement(f"return {back}")])]
        if bodies[1]:
            other_function = _function(no_name, [state], no_body)
            made.append(other_function.with_changes(leading_lines=[_BLANK]))
        else:
            no_name = f"lambda {state}: {state}"
        packed = _packed(carried)
        return [
            *made,
            _after(f"{back} = jax.lax.cond({test_text}, {yes_name}, {no_name}, {packed})"),
        ]

    def _as_where(self, carried: list[str], test: str, bodies: list[list[Node]]) -> list[Node]:
        """A branch that is one assignment, or one in each: `where`."""
        values = []
        for body in bodies:
            if not body:
                values.append(carried[0])
                continue
            (parsed, *more) = trees(body)
            if more or len(carried) > 1 or not isinstance(parsed, ast.Assign | ast.AugAssign):
                return []
            if isinstance(parsed, ast.AugAssign):
                value = ast.unparse(ast.BinOp(ast.Name(carried[0]), parsed.op, parsed.value))
            else:
                if not isinstance(parsed.targets[0], ast.Name) or len(parsed.targets) > 1:
                    return []
                value = ast.unparse(parsed.value)
            if ".at[" in value:
                return []
            values.append(value)
        return [statement(f"{carried[0]} = {self.numpy}.where({test}, {values[0]}, {values[1]})")]

    # Expressions

    @property
    def numpy(self) -> str:
        return self.source.numpy or JNP

    def _note(self, names: Sequence[cst.BaseExpression], traced: bool) -> None:
        for name in names:
            assert isinstance(name, cst.Name)
            self.defined.add(name.value)
            (self.traced.add if traced else self.traced.discard)(name.value)

    def is_traced(self, node: ast.AST) -> bool:
        """May the value be one that JAX traces?"""
        if isinstance(node, ast.Name):
            return node.id in self.traced
        if isinstance(node, ast.Attribute):
            if node.attr in FIXED:
                return False
            return self.is_traced(node.value)
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id == "len":
                return False
            if isinstance(called, ast.Name) and called.id in self.functions:
                return True
            if isinstance(called, ast.Attribute) and base(called) == self.source.numpy:
                return True
        return any(self.is_traced(x) for x in ast.iter_child_nodes(node))

    def _is_mask(self, index: cst.BaseExpression) -> bool:
        node = tree(index)
        if isinstance(node, ast.Name):
            return self.draft.observed.is_mask(self.name, node.id)
        arrays = {x for x in loads([node]) if self.draft.observed.is_array(self.name, x)}
        return (
            isinstance(node, ast.Compare)
            and bool(arrays)
            and not isinstance(node.left, ast.Subscript)
        )

    def rewritten(
        self, node: cst.BaseExpression, pair: tuple[str, str] | None = None
    ) -> cst.BaseExpression:
        new = node.visit(_Expression(self, pair))
        assert isinstance(new, cst.BaseExpression)
        return new

    def text(self, node: cst.BaseExpression, pair: tuple[str, str] | None = None) -> str:
        new = self.rewritten(node, pair)
        if new.lpar and not isinstance(new, cst.Tuple | cst.GeneratorExp):
            new = new.with_changes(lpar=new.lpar[1:], rpar=new.rpar[:-1])
            return f"({code(new)})" if "\n" in code(new) else code(new)
        return code(new)

    def fresh(self, like: str) -> str:
        """A name that nothing has yet."""
        name, number = like, 1
        while name in self.used_names or name in self.made:
            number += 1
            name = f"{like}{number}"
        self.made.add(name)
        return name

    # Slices whose bounds are traced

    def moving(self, subscript: cst.Subscript) -> dict[int, tuple[str, str]]:
        """The axes with a slice whose bounds are traced, and these."""
        found, axis = {}, 0
        for element in subscript.slice:
            inner = element.slice
            if isinstance(inner, cst.Slice):
                bounds = [inner.lower, inner.upper]
                if any(x is not None and self.is_traced(tree(x)) for x in bounds):
                    if inner.step is not None:
                        raise Cannot(f"{code(subscript)}: a slice with a step, whose bounds move")
                    found[axis] = tuple(code(x) if x is not None else "" for x in bounds)
            elif isinstance(inner, cst.Index):
                if isinstance(inner.value, cst.Ellipsis):
                    axis = -100
                if _is_new_axis(inner.value):
                    continue
            axis += 1
        return found  # type: ignore[return-value]

    def window(self, bounds: tuple[str, str]) -> str:
        """The length of a slice whose bounds move together; "" where it changes."""
        low, high = bounds
        if not low or not high:
            return ""
        upper, lower = ast.parse(high, mode="eval").body, ast.parse(low, mode="eval").body
        for longer, other, sign in ((upper, lower, ast.Add), (lower, upper, ast.Sub)):
            if not isinstance(longer, ast.BinOp) or not isinstance(longer.op, sign):
                continue
            same = ast.unparse(longer.left) == ast.unparse(other)
            if same and not self.is_traced(longer.right):
                return ast.unparse(longer.right)
        return ""

    def ragged_pair(self, node: cst.CSTNode) -> tuple[str, str] | None:
        """The bounds of the slice that changes its length, in a target."""
        if not isinstance(node, cst.Subscript):
            return None
        moving = self.moving(node)
        if any(self.window(bounds) for bounds in moving.values()):
            raise Cannot(f"{code(node)} is assigned to: a window that moves")
        if len(moving) > 1:
            raise Cannot(f"{code(node)}: two slices whose bounds move")
        return next(iter(moving.values()), None)

    def index(self, node: cst.Subscript, pair: tuple[str, str] | None) -> str:
        """The index of a subscript, rewritten; the moving slice as the whole axis."""
        parts = []
        for element in node.slice:
            inner = element.slice
            if isinstance(inner, cst.Slice) and pair and self._bounds(inner) == pair:
                parts.append(":")
            elif isinstance(inner, cst.Index):
                parts.append(self.text(inner.value))
            else:
                parts.append(code(element.with_changes(comma=cst.MaybeSentinel.DEFAULT)))
        return ", ".join(parts)

    def _bounds(self, inner: cst.Slice) -> tuple[str, str]:
        low, high = (code(x) if x is not None else "" for x in (inner.lower, inner.upper))
        return low, high

    def mask(self, node: cst.Subscript, pair: tuple[str, str]) -> str:
        """Which values of the axis the slice has, to be broadcast over the axes that are kept."""
        axis, after, found = 0, 0, -1
        for element in node.slice:
            inner: Any = element.slice
            if isinstance(inner, cst.Slice) and found < 0 and self._bounds(inner) == pair:
                found = axis
            elif found >= 0 and (isinstance(inner, cst.Slice) or _is_new_axis(inner.value)):
                after += 1
            axis += not (isinstance(inner, cst.Index) and _is_new_axis(inner.value))
        places = f"{JNP}.arange({code(node.value)}.shape[{found}])"
        low, high = (self.text(expression(x)) if x else "" for x in pair)
        if low and high and not high.lstrip("-").isdigit():
            text = f"({low} <= {places}) & ({places} < {high})"
            if self._is_length(node, found, high):
                text = f"{places} >= {low}"
        elif high.startswith("-"):
            text = f"{places} < {code(node.value)}.shape[{found}] - {high[1:]}"
            text = f"({low} <= {places}) & ({text})" if low else text
        else:
            text = f"{places} >= {low}" if low else f"{places} < {high}"
        return f"({text})[:{', None' * after}]" if after else text

    def _is_length(self, node: cst.Subscript, axis: int, high: str) -> bool:
        return high == f"{code(node.value)}.shape[{axis}]"


class _Expression(cst.CSTTransformer):
    """Rewrites an expression for what JAX cannot do."""

    def __init__(self, function: _Function, pair: tuple[str, str] | None) -> None:
        super().__init__()
        self.function, self.pair = function, pair
        self.zeroed: set[int] = set()
        self.whole: dict[int, tuple[str, str]] = {}

    def visit_BinaryOperation(self, node: cst.BinaryOperation) -> None:  # noqa: N802
        if isinstance(node.operator, cst.MatrixMultiply):
            self._contract(node.left, node.right)

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
        called = tree(node.func)
        name = called.attr if isinstance(called, ast.Attribute) else base(called)
        if name == "dot" and len(node.args) == 2:
            self._contract(node.args[0].value, node.args[1].value)
        elif name == "sum" and node.args and isinstance(node.args[0].value, cst.Subscript):
            self._contract(node.args[0].value, node.args[0].value)
        elif name not in ELEMENTWISE:
            self._refuse_ragged(node, flipped=name == "flip")
        functions = self.function.functions
        if isinstance(called, ast.Name) and called.id in functions:
            parsed = tree(node)
            assert isinstance(parsed, ast.Call)
            for parameter, value in arguments_of(parsed, functions[called.id]).items():
                if self.function.is_traced(value):
                    self.function.draft.traced[called.id].add(parameter)

    def _refuse_ragged(self, node: cst.Call, *, flipped: bool) -> None:
        """Only what works element by element may be given a whole axis in place of a part of it."""
        for inner, bounds in (x for given in node.args for x in self._ragged(given.value)):
            if flipped and inner is node.args[0].value and not bounds[0] and len(inner.slice) == 1:
                continue
            raise Cannot(
                f"{code(inner)} has another length in each pass, and {code(node.func)} needs it"
            )

    def _contract(self, left: cst.BaseExpression, right: cst.BaseExpression) -> None:
        """A sum over an axis of which slices move: zeros stand for what is left out."""
        sides = [self._ragged(left), self._ragged(right)]
        pairs = {pair for side in sides for _, pair in side}
        if not all(sides) or len(pairs) != 1:
            return
        (pair,) = pairs
        if self.pair == pair and not all(self._meets(*x) for x in ((left, -1), (right, 0))):
            return
        for node, side in ((left, sides[0]), (right, sides[1])):
            if isinstance(node, cst.Subscript):
                for other, _ in (*sides[0], *sides[1]):
                    self.whole[id(other)] = pair
                self.zeroed.add(id(side[0][0]))
                return

    def _meets(self, node: cst.BaseExpression, place: int) -> bool:
        """Is the axis that a product sums over the one that moves?"""
        if not isinstance(node, cst.Subscript):
            return True
        kept = [x.slice for x in node.slice if isinstance(x.slice, cst.Slice)]
        inner = kept[place] if kept else None
        return inner is not None and any(
            x is not None and self.function.is_traced(tree(x)) for x in (inner.lower, inner.upper)
        )

    def _ragged(self, node: cst.BaseExpression) -> list[tuple[cst.Subscript, tuple[str, str]]]:
        found: list[tuple[cst.Subscript, tuple[str, str]]] = []
        function = self.function

        class Find(cst.CSTVisitor):
            def visit_Subscript(self, inner: cst.Subscript) -> None:  # noqa: N802
                for bounds in function.moving(inner).values():
                    if not function.window(bounds):
                        found.append((inner, bounds))

        node.visit(Find())
        return found

    def leave_Subscript(  # noqa: N802
        self, original_node: cst.Subscript, updated_node: cst.Subscript
    ) -> cst.BaseExpression:
        moving = self.function.moving(original_node)
        if not moving:
            return updated_node
        text, slices = code(updated_node.value), list(updated_node.slice)
        zeroed = ""
        axis = 0
        for i, element in enumerate(original_node.slice):
            if isinstance(element.slice, cst.Index) and _is_new_axis(element.slice.value):
                continue
            if axis in moving:
                bounds = moving[axis]
                length = self.function.window(bounds)
                allowed = self.whole.get(id(original_node), self.pair)
                if length:
                    low = self.function.text(expression(bounds[0]))
                    text = f"jax.lax.dynamic_slice_in_dim({text}, {low}, {length}, axis={axis})"
                elif bounds != allowed:
                    raise Cannot(
                        f"{code(original_node)} has another length in each pass, and JAX compiles "
                        "for one"
                    )
                elif id(original_node) in self.zeroed:
                    zeroed = self.function.mask(original_node, bounds)
                slices[i] = slices[i].with_changes(slice=cst.Slice(None, None))
            axis += 1
        index = code(updated_node.with_changes(slice=slices)).removeprefix(code(updated_node.value))
        if index.strip("[]").replace(" ", "").replace(",", "").strip(":") == "":
            index = ""
        new = f"{text}{index}"
        return expression(f"{JNP}.where({zeroed}, {new}, 0)" if zeroed else new)

    def leave_BooleanOperation(  # noqa: N802
        self, original_node: cst.BooleanOperation, updated_node: cst.BooleanOperation
    ) -> cst.BaseExpression:
        if not self.function.is_traced(tree(original_node)):
            return updated_node
        name = "logical_and" if isinstance(updated_node.operator, cst.And) else "logical_or"
        sides = f"{code(updated_node.left)}, {code(updated_node.right)}"
        return expression(f"{JNP}.{name}({sides})")

    def leave_UnaryOperation(  # noqa: N802
        self, original_node: cst.UnaryOperation, updated_node: cst.UnaryOperation
    ) -> cst.BaseExpression:
        if isinstance(updated_node.operator, cst.Not) and self.function.is_traced(
            tree(original_node)
        ):
            return expression(f"{JNP}.logical_not({code(updated_node.expression)})")
        return updated_node

    def leave_IfExp(  # noqa: N802
        self, original_node: cst.IfExp, updated_node: cst.IfExp
    ) -> cst.BaseExpression:
        if not self.function.is_traced(tree(original_node.test)):
            return updated_node
        parts = (updated_node.test, updated_node.body, updated_node.orelse)
        return expression(f"{JNP}.where({', '.join(code(x) for x in parts)})")

    def leave_Call(  # noqa: N802
        self, original_node: cst.Call, updated_node: cst.Call
    ) -> cst.BaseExpression:
        name = code(updated_node.func)
        if not self.function.is_traced(tree(original_node)):
            return updated_node
        numpy = self.function.source.numpy
        if name == f"{numpy}.flip" and len(original_node.args) == 1:
            ragged = self._ragged(original_node.args[0].value)
            if ragged:  # the part of it that is kept comes first
                return expression(f"{JNP}.roll({code(updated_node)}, {ragged[0][1][1]})")
        if name in ("max", "min") and len(updated_node.args) == 2:
            return updated_node.with_changes(func=expression(f"{JNP}.{name}imum"))
        if name in ("float", "int", "bool") and len(updated_node.args) == 1:
            raise Cannot(f"{code(original_node)}: a traced value is no Python number")
        if name == f"{numpy}.ndarray":
            return updated_node.with_changes(func=expression(f"{JNP}.empty"))
        return updated_node


class _Renames(cst.CSTTransformer):
    """`np.` to `jnp.`."""

    def __init__(self, numpy: str) -> None:
        super().__init__()
        self.numpy = numpy

    def leave_Attribute(  # noqa: N802
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        value = updated_node.value
        if isinstance(value, cst.Name) and value.value == self.numpy:
            if updated_node.attr.value == "ndarray":
                return updated_node.with_changes(value=cst.Name(JNP))
            return updated_node.with_changes(value=cst.Name(JNP))
        return updated_node

    def leave_Import(  # noqa: N802
        self, original_node: cst.Import, updated_node: cst.Import
    ) -> cst.Import | cst.RemovalSentinel:
        names = [x for x in updated_node.names if code(x.name) != "numpy"]
        if not names:
            return cst.RemoveFromParent()
        return updated_node.with_changes(names=names)


def statement(text: str) -> cst.SimpleStatementLine:
    """The node of a line."""
    node = cst.parse_statement(text)
    assert isinstance(node, cst.SimpleStatementLine)
    return node


def _line(small: cst.BaseSmallStatement) -> cst.SimpleStatementLine:
    """A statement that follows a colon, on a line of its own."""
    return cst.SimpleStatementLine([small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])


def _after(text: str) -> cst.SimpleStatementLine:
    """A line after a function, with the blank one between them."""
    return statement(text).with_changes(leading_lines=[_BLANK])


def expression_operator(text: str) -> cst.BaseBinaryOp:
    """The node of `+` and its like."""
    node = expression(f"a {text} b")
    assert isinstance(node, cst.BinaryOperation)
    return node.operator


def _bracketed(node: cst.BaseExpression) -> cst.BaseExpression:
    if node.lpar or isinstance(node, cst.Name | cst.Call | cst.Subscript | cst.BaseNumber):
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _keep(node: cst.SimpleStatementLine, text: str) -> cst.SimpleStatementLine:
    """A line in place of another, with its comment."""
    return statement(text).with_changes(trailing_whitespace=node.trailing_whitespace)


def _carry(carried: list[str]) -> tuple[list[str], str, str]:
    """The lines that unpack what a loop carries, its names, and the parameter that holds it."""
    if len(carried) == 1:
        return [], carried[0], carried[0]
    names = ", ".join(carried)
    return [f"{names} = carry"], names, "carry"


def _packed(carried: list[str]) -> str:
    return carried[0] if len(carried) == 1 else f"({', '.join(carried)})"


def _function(name: str, arguments: list[str], body: Sequence[Node]) -> cst.FunctionDef:
    node = cst.parse_statement(f"def {name}({', '.join(arguments)}):\n    pass\n")
    assert isinstance(node, cst.FunctionDef)
    return node.with_changes(body=node.body.with_changes(body=list(body)))


def _decorator(static: list[str]) -> cst.Decorator:
    if not static:
        return cst.Decorator(expression("jax.jit"))
    names = ", ".join(f'"{x}"' for x in static)
    names = f"({names})" if len(static) > 1 else names
    return cst.Decorator(expression(f"partial(jax.jit, static_argnames={names})"))


def _with_imports(module: cst.Module, *, partial: bool) -> str:
    body = list(module.body)
    place = 0
    if (
        body
        and isinstance(body[0], cst.SimpleStatementLine)
        and isinstance(body[0].body[0], cst.Expr)
    ):
        place = 1
    lines = ["from functools import partial\n\n"] if partial else []
    lines += ["import jax\nimport jax.numpy as jnp\n"]
    made = cst.parse_module("".join(lines)).body
    if place:
        first = made[0].with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        made = [first, *made[1:]]
    text = module.with_changes(body=[*body[:place], *made, *body[place:]]).code
    return text if "jnp." in text else text.replace("import jax.numpy as jnp\n", "")


def _is_new_axis(node: cst.BaseExpression) -> bool:
    return code(node) == "None" or code(node).endswith(".newaxis")


def _returns(node: Node) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[-1], cst.Return)


def _only_return(nodes: Sequence[cst.CSTNode]) -> cst.BaseExpression | None:
    if len(nodes) == 1 and isinstance(nodes[0], cst.SimpleStatementLine):
        small = nodes[0].body
        if len(small) == 1 and isinstance(small[0], cst.Return):
            return small[0].value
    return None


def _gives(function: ast.FunctionDef) -> bool:
    return any(isinstance(x, ast.Return) and x.value is not None for x in ast.walk(function))


def _without_out(call: cst.BaseExpression) -> cst.Call:
    assert isinstance(call, cst.Call)
    given = [x for x in call.args if not (x.keyword and x.keyword.value == "out")]
    if len(given) == len(call.args):
        given = given[:-1]
    given[-1] = given[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return call.with_changes(args=given)


def _statements(node: cst.CSTNode) -> list[cst.CSTNode]:
    """All statements inside of a block."""
    found: list[cst.CSTNode] = []

    class Find(cst.CSTVisitor):
        def on_visit(self, inner: cst.CSTNode) -> bool:
            if isinstance(inner, cst.BaseCompoundStatement | cst.SimpleStatementLine):
                found.append(inner)
            return True

    node.visit(Find())
    return found
