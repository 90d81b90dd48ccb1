"""Rewrites a file so that every value which its functions compute is recorded where it is made.

`x = a * b[i]` becomes `x = record.v(7, a * record.i(6, b, i)); record.d(8, x)`. What is computed
stays as it is, and so do the numbers of the lines.
"""

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RECORD = "__where__"
UNTOUCHED = "inputs"
OPERATORS = {
    ast.Add: "iadd", ast.Sub: "isub", ast.Mult: "imul", ast.Div: "itruediv",
    ast.FloorDiv: "ifloordiv", ast.Mod: "imod", ast.Pow: "ipow", ast.MatMult: "imatmul",
    ast.LShift: "ilshift", ast.RShift: "irshift", ast.BitAnd: "iand", ast.BitOr: "ior",
    ast.BitXor: "ixor",
}  # fmt: skip
Key = tuple[int, str]
"""A variable: the number of its scope, and its name."""


@dataclass
class Site:
    """A place in a file at which values are made."""

    file: Path
    line: int
    kind: str
    """value, selection, test, name, element, parameter or turn."""
    text: str
    """As it stands there; of a name, the name."""
    function: str
    children: tuple[int, ...] = ()
    """The sites whose values go into this one."""
    keys: tuple[Key, ...] = ()
    """The variables that it reads."""
    target: Key | None = None
    """The variable that it sets."""
    controls: tuple[int, ...] = ()
    """Lines of the conditions and loops around it, the innermost first."""
    last: int = 0
    """The last line of its statement."""


@dataclass
class _Scope:
    number: int
    name: str
    known: set[str] = field(default_factory=set)


class Instrument:
    """Rewrites one file; its sites are added to a list that files share."""

    def __init__(self, file: Path, sites: list[Site], scopes: list[int]) -> None:
        self.file, self.sites = file, sites
        self.numbers = scopes
        self.scopes: list[_Scope] = []
        self.controls: list[int] = []
        self.statement = self.last = 0
        self.modules: set[str] = set()

    def rewrite(self, source: str) -> ast.Module:
        """The file with its records. Raises SyntaxError where the source is none."""
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.modules |= {(x.asname or x.name).split(".")[0] for x in node.names}
        self._enter("", tree.body, [])
        tree.body = self._body(tree.body)
        self.scopes.pop()
        return ast.fix_missing_locations(tree)

    def _enter(self, name: str, body: list[ast.stmt], known: list[str]) -> None:
        self.numbers[0] += 1
        scope = _Scope(self.numbers[0], name, set(known))
        stack: list[ast.AST] = [*body]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                scope.known.add(node.id)
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                scope.known.add(node.name)
            elif not isinstance(node, ast.Lambda):
                stack += ast.iter_child_nodes(node)
        self.scopes.append(scope)

    def _key(self, name: str) -> Key:
        for scope in reversed(self.scopes):
            if name in scope.known:
                return scope.number, name
        return 0, name

    def _site(self, kind: str, text: str, inputs: list, target: str = "", line: int = 0) -> int:
        self.sites.append(
            Site(
                self.file, line or self.statement, kind, text, self.scopes[-1].name,
                tuple(x for x in inputs if isinstance(x, int)),
                tuple(x for x in inputs if not isinstance(x, int)),
                self._key(target) if target else None,
                tuple(reversed(self.controls)), self.last,
            )
        )  # fmt: skip
        return len(self.sites) - 1

    # Statements

    def _body(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        return [new for old in statements for new in self._statement(old)]

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        outer = self.statement, self.last
        self.statement, self.last = node.lineno, node.end_lineno or node.lineno
        try:
            made = self._one(node)
        finally:
            self.statement, self.last = outer
        for new in made:
            if new is not node:
                ast.copy_location(new, node)
        return made

    def _one(self, node: ast.stmt) -> list[ast.stmt]:
        if isinstance(node, ast.FunctionDef):
            return [self._function(node)]
        if isinstance(node, ast.ClassDef):
            node.body = [self._function(x) if isinstance(x, ast.FunctionDef) else x
                         for x in node.body]  # fmt: skip
            return [node]
        if isinstance(node, ast.Assign):
            return self._assign(node)
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            node.value, inputs = self._expr(node.value)
            return [node, *self._stored(node.target, inputs)]
        if isinstance(node, ast.AugAssign):
            return self._augmented(node)
        if isinstance(node, ast.For):
            return [self._loop(node)]
        if isinstance(node, ast.If | ast.While):
            self.last = node.test.end_lineno or self.last
            node.test = self._test(node.test)
            self.controls.append(node.lineno)
            node.body = self._body(node.body)
            self.controls.pop()
            node.orelse = self._body(node.orelse)
            return [node]
        if isinstance(node, ast.Return) and node.value is not None:
            node.value, inputs = self._expr(node.value)
            node.value = self._call("r", self._site("return", "return", inputs), node.value)
            return [node]
        if isinstance(node, ast.Expr):
            node.value = self._expr(node.value)[0]
            return [node]
        if isinstance(node, ast.With):
            for item in node.items:
                item.context_expr = self._expr(item.context_expr)[0]
            node.body = self._body(node.body)
            return [node]
        if isinstance(node, ast.Try):
            node.body, node.orelse = self._body(node.body), self._body(node.orelse)
            node.finalbody = self._body(node.finalbody)
        return [node]

    def _function(self, node: ast.FunctionDef) -> ast.FunctionDef:
        if node.name == UNTOUCHED:
            return node
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        names = [x.arg for x in given] + [x.arg for x in (node.args.vararg,) if x]
        outer, self.controls = self.controls, []
        self.statement = self.last = node.lineno
        self._enter(node.name, node.body, names)
        start: list[ast.stmt] = []
        for name in names:
            site = self._site("parameter", name, [], name)
            start.append(self._say("d", site, ast.Name(name, ast.Load())))
        for statement in start:
            ast.copy_location(statement, node)
        node.body = [*start, *self._body(node.body)]
        self.scopes.pop()
        self.controls = outer
        return node

    def _assign(self, node: ast.Assign) -> list[ast.stmt]:
        node.value, inputs = self._expr(node.value)
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ast.Subscript):
            site = self._site(
                "element", ast.unparse(target), [*inputs, *self._index_inputs(target)]
            )
            base, index = self._expr(target.value)[0], self._index(target.slice)[0]
            return [self._say("set", site, node.value, base, index)]
        return [node, *(new for x in node.targets for new in self._stored(x, inputs))]

    def _index_inputs(self, target: ast.Subscript) -> list:
        names = [x.id for x in ast.walk(target.slice) if isinstance(x, ast.Name)]
        return [self._key(name) for name in names]

    def _stored(self, target: ast.expr, inputs: list) -> list[ast.stmt]:
        """What is recorded once a target is set."""
        if isinstance(target, ast.Tuple | ast.List):
            return [new for x in target.elts for new in self._stored(x, inputs)]
        if isinstance(target, ast.Starred):
            return self._stored(target.value, inputs)
        if isinstance(target, ast.Name):
            site = self._site("name", target.id, inputs, target.id)
            return [self._say("d", site, ast.Name(target.id, ast.Load()))]
        if any(isinstance(x, ast.Call | ast.NamedExpr) for x in ast.walk(target)):
            return []
        text = ast.unparse(target)
        if isinstance(target, ast.Subscript):
            site = self._site("element", text, inputs)
            again = ast.parse(text, mode="eval").body
            assert isinstance(again, ast.Subscript)
            return [self._say("e", site, again.value, self._index(again.slice, False)[0])]
        site = self._site("name", text, inputs)
        return [self._say("d", site, ast.parse(text, mode="eval").body)]

    def _augmented(self, node: ast.AugAssign) -> list[ast.stmt]:
        target = node.target
        text = f"{ast.unparse(target)}"
        if isinstance(target, ast.Subscript):
            base, index = self._expr(target.value)[0], self._index(target.slice)[0]
            node.value, inputs = self._expr(node.value)
            site = self._site("element", text, [*inputs, *self._index_inputs(target)])
            name = ast.Constant(OPERATORS[type(node.op)])
            return [self._say("aug", site, name, base, index, node.value)]
        node.value, inputs = self._expr(node.value)
        if isinstance(target, ast.Name):
            site = self._site("name", text, [*inputs, self._key(target.id)], target.id)
        else:
            site = self._site("name", text, inputs)
        return [node, self._say("changed", site, ast.parse(text, mode="eval").body)]

    def _loop(self, node: ast.For) -> ast.For:
        self.last = node.iter.end_lineno or self.last
        node.iter, inputs = self._expr(node.iter)
        site = self._site("turn", ast.unparse(node.target), inputs)
        node.iter = self._call("loop", site, node.iter)
        first = len(self.sites)
        start = self._stored(node.target, [*inputs])
        for x in self.sites[first:]:
            x.kind = "index"
        for new in start:
            ast.copy_location(new, node)
        self.controls.append(node.lineno)
        node.body = [*start, *self._body(node.body)]
        self.controls.pop()
        node.orelse = self._body(node.orelse)
        return node

    def _test(self, node: ast.expr) -> ast.expr:
        text = ast.unparse(node)
        new, inputs = self._expr(node)
        return self._call("t", self._site("test", text, inputs), new)

    # Expressions

    def _expr(self, node: ast.expr) -> tuple[ast.expr, list]:
        """The expression with its records, and what goes into it: sites and variables."""
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.NamedExpr):
            return node, []
        if isinstance(node, ast.Name):
            return node, [self._key(node.id)]
        text = ast.unparse(node)
        if isinstance(node, ast.Lambda):
            node.body = self._expr(node.body)[0]
            return node, []
        if isinstance(node, ast.Subscript):
            base, inputs = self._expr(node.value)
            index, more = self._index(node.slice)
            site = self._site("selection", text, [*inputs, *more])
            return self._call("i", site, base, index), [site]
        if isinstance(node, ast.Attribute):
            root = node.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and root.id in self.modules:
                return node, []
        inputs = []
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                root = node.func
                while isinstance(root, ast.Attribute):
                    root = root.value
                if not (isinstance(root, ast.Name) and root.id in self.modules):
                    node.func.value, inputs = self._expr(node.func.value)
            elif not isinstance(node.func, ast.Name):
                node.func, inputs = self._expr(node.func)
            for i, x in enumerate(node.args):
                node.args[i], more = self._expr(x)
                inputs += more
            for keyword in node.keywords:
                keyword.value, more = self._expr(keyword.value)
                inputs += more
        elif isinstance(node, ast.IfExp):
            node.test = self._test(node.test)
            node.body, a = self._expr(node.body)
            node.orelse, b = self._expr(node.orelse)
            inputs = [*a, *b]
        else:
            inputs = self._children(node)
        if not isinstance(
            node,
            ast.BinOp
            | ast.UnaryOp
            | ast.BoolOp
            | ast.Compare
            | ast.Call
            | ast.IfExp
            | ast.Attribute
            | ast.ListComp,
        ):
            return node, inputs
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            return node, []
        kind = "selection" if isinstance(node, ast.Attribute | ast.IfExp) else "value"
        site = self._site(kind, text, inputs)
        return self._call("v", site, node), [site]

    def _children(self, node: ast.AST) -> list:
        """Rewrite what is inside a node; what goes into it."""
        inputs: list = []
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                new, more = self._expr(value)
                setattr(node, name, new)
                inputs += more
            elif isinstance(value, list):
                for i, x in enumerate(value):
                    if isinstance(x, ast.expr):
                        value[i], more = self._expr(x)
                        inputs += more
                    elif isinstance(x, ast.comprehension):
                        x.iter, more = self._expr(x.iter)
                        x.ifs = [self._expr(y)[0] for y in x.ifs]
                        inputs += more
        return inputs

    def _index(self, node: ast.expr, wrap: bool = True) -> tuple[ast.expr, list]:
        """An index as an expression that may be given to a function."""
        if isinstance(node, ast.Slice):
            parts = [x or ast.Constant(None) for x in (node.lower, node.upper, node.step)]
            found = [self._index(x, wrap) for x in parts]
            call = ast.Call(self._attribute("slice"), [x for x, _ in found], [])
            return call, [y for _, more in found for y in more]
        if isinstance(node, ast.Tuple):
            found = [self._index(x, wrap) for x in node.elts]
            made = ast.Tuple([x for x, _ in found], ast.Load())
            return made, [y for _, more in found for y in more]
        if not wrap or not any(
            isinstance(x, ast.Call | ast.Compare | ast.Subscript) for x in ast.walk(node)
        ):
            names = [x.id for x in ast.walk(node) if isinstance(x, ast.Name)]
            return node, [self._key(name) for name in names]
        return self._expr(node)

    def _attribute(self, name: str) -> ast.Attribute:
        return ast.Attribute(ast.Name(RECORD, ast.Load()), name, ast.Load())

    def _call(self, name: str, site: int, *arguments: Any) -> ast.Call:
        return ast.Call(self._attribute(name), [ast.Constant(site), *arguments], [])

    def _say(self, name: str, site: int, *arguments: Any) -> ast.stmt:
        return ast.Expr(self._call(name, site, *arguments))
