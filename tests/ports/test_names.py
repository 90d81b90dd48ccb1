"""A word in a port's name means the same in all kernels: it is in a table, and the code agrees."""

import ast
import functools
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from portstudy import find_kernel, kernels
from portstudy.checkout import IMPLEMENTATIONS

PIECES = {"step", "chunk", "row", "epoch", "part", "loop", "reduce_overhead"}
LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
OPERATORS = {ast.MatMult: "@", ast.Pow: "**"}
ASSIGNMENTS = {ast.Add: "+=", ast.Mult: "*="}


def read_table(text: str) -> dict[str, str]:
    """Each word of the table, and what its last column says of the code."""
    rows = re.findall(r"(?m)^\| `(\w+)` \|.*\|(.*)\|$", text)
    assert len(rows) == len(dict(rows)), "a word is there twice"
    return {word: cell.strip() for word, cell in rows}


WORDS = read_table((IMPLEMENTATIONS / "README.md").read_text(encoding="utf-8"))


def words_of(style: str) -> list[str]:
    """The words of a style, of which some have an underscore themselves; none if one is unknown."""
    if style in WORDS:
        return [style]
    for match in re.finditer("_", style):
        rest = words_of(style[match.end() :])
        if style[: match.start()] in WORDS and rest:
            return [style[: match.start()], *rest]
    return []


class Code:
    """What a port's file says, without being imported."""

    def __init__(self, path: Path, kernel: str):
        self.kernel = kernel
        self.nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        self.functions = {x.name: x for x in self.nodes if isinstance(x, ast.FunctionDef)}
        self.borrowed = dict(self.from_other_ports())
        self.compiled = set(self.handed_to_a_compiler())
        self.compiled |= {name for name, code in self.borrowed.items() if name in code.compiled}

    def from_other_ports(self) -> Iterator[tuple[str, "Code"]]:
        """Names that are imported from other ports, and the code of these."""
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom) and node.module:
                kernel, _, port = f"{self.kernel}.{node.module}".rpartition(".")
                path = IMPLEMENTATIONS / kernel.rpartition(".")[2] / f"{port}.py"
                if path.is_file() and port != "spec":
                    code = read(path, path.parent.name)
                    yield from ((alias.asname or alias.name, code) for alias in node.names)

    def handed_to_a_compiler(self) -> Iterator[str]:
        """Names of the functions that are."""
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef) and any(map(compiles, node.decorator_list)):
                yield node.name
            elif isinstance(node, ast.Assign) and compiles(node.value):
                yield from map(ast.unparse, node.targets)

    @functools.cached_property
    def has(self) -> set[str]:
        """Names, strings, keywords and operators in it; of `a.b.c` also `a.b`, `b.c`, `a`, ..."""
        names, found = set(), set()
        for node in self.nodes:
            match node:
                case ast.Name() | ast.Attribute():
                    names.add(ast.unparse(node))
                case ast.Import():
                    names |= {alias.name for alias in node.names}
                case ast.ImportFrom(level=0):
                    names |= {f"{node.module}.{alias.name}" for alias in node.names}
                case ast.keyword(arg=str(name)):
                    found |= {name, f"{name}={ast.unparse(node.value)}"}
                case ast.Constant(value=str(text)):
                    found.add(text)
                case ast.BinOp():
                    found.add(OPERATORS.get(type(node.op), ""))
                case ast.AugAssign():
                    found.add(ASSIGNMENTS.get(type(node.op), ""))
                case ast.If() | ast.IfExp():
                    found.add("if")
        for name in names:
            parts = name.split(".")
            found |= {".".join(parts[i:j]) for i, j in combinations(range(len(parts) + 1), 2)}
        return found

    def calls(self, *, in_loops: bool) -> list[str]:
        """The functions, of this port or another, that the kernel's function calls there."""

        def visit(node: ast.AST, looping: bool) -> Iterator[str]:
            looping = looping or isinstance(node, LOOPS)
            if isinstance(node, ast.Call) and looping == in_loops:
                yield ast.unparse(node.func)
            for child in ast.iter_child_nodes(node):
                yield from visit(child, looping)

        ours = self.functions.keys() | self.borrowed.keys() | self.compiled
        return [name for name in visit(self.functions[self.kernel], False) if name in ours]

    def is_compiled_as_a_whole(self) -> bool:
        """Is the kernel's function compiled, or all that it calls a single one that is?"""
        once = self.calls(in_loops=False)
        return self.kernel in self.compiled or (
            len(once) == 1 and {*once} <= self.compiled and not self.calls(in_loops=True)
        )


@functools.cache
def read(path: Path, kernel: str) -> Code:
    return Code(path, kernel)


def compiles(expression: ast.expr) -> bool:
    """Does this decorator or call hand a function to a compiler?"""
    names = {ast.unparse(x).split(".")[-1] for x in ast.walk(expression)}
    return bool(names & {"jit", "njit", "compile"})


def agrees(code: Code, clause: str) -> bool:
    """Is this clause of the table's last column true of the code?"""
    names = re.findall("`(.+?)`", clause)
    match clause.split("`")[0].strip():
        case "nothing is compiled":
            return not code.compiled
        case "a loop":
            return any(isinstance(node, LOOPS) for node in code.nodes)
        case "a loop calls what is compiled":
            called = {*code.calls(in_loops=True)}
            return code.kernel not in code.compiled and bool(called & code.compiled)
        case "no loop calls what is compiled":
            called = {*code.calls(in_loops=True)}
            return code.kernel not in code.compiled and not called & code.compiled
        case "no":
            return not code.has & {*names}
        case "" if " and " in clause:
            return {*names} <= code.has
        case "" if names:
            return bool(code.has & {*names})
    raise AssertionError(f"the table says {clause!r}, which nothing here understands")


def complaints(port: str, code: Code) -> list[str]:
    """What this code does and its name does not say, or the other way round."""
    library, _, style = port.partition("_")
    words = words_of(style)
    if not words:
        return ["no words of implementations/README.md"]
    found = [
        f"{word}: {clause}"
        for word in words
        for clause in filter(None, WORDS[word].split("; "))
        if not agrees(code, clause)
    ]
    if library == "torch" and not {"compile", "scan", "while"} & {*words}:
        found += ["compiled"] if code.compiled else []
    elif library in ("jax", "torch") and not {"eager", *PIECES} & {*words}:
        found += [] if code.is_compiled_as_a_whole() else ["not compiled as a whole"]
    for word, keyword in (("parallel", "parallel=True"), ("optimize", "optimize=True")):
        found += [f"not {word}"] if keyword in code.has and word not in words else []
    return found


@pytest.mark.parametrize("kernel", kernels())
def test_a_ports_name_says_what_it_does(kernel: str):
    spec = find_kernel(kernel)
    found = {port: complaints(port, read(spec.path(port), kernel)) for port in spec.ports()}
    assert {port: said for port, said in found.items() if said} == {}


def test_every_word_of_the_table_is_used():
    ports = [port for kernel in kernels() for port in find_kernel(kernel).ports()]
    assert {word for port in ports for word in words_of(port.partition("_")[2])} == set(WORDS)


@pytest.mark.parametrize(
    ("kernel", "port", "wrong_name", "complaint"),
    [
        ("lif", "jax_jit_step", "jax_jit", "not compiled as a whole"),
        ("lif", "jax_scan", "jax_jit_step", "step: a loop calls what is compiled"),
        ("lif", "jax_scan", "jax_fori", "fori: `fori_loop`"),
        ("lif", "jax_scan", "jax_eager", "eager: nothing is compiled"),
        ("lif", "torch_eager", "torch_compile", "compile: `torch.compile`"),
        ("lif", "torch_scan", "torch_event", "compiled"),
        ("lif", "numba_event_fastmath", "numba_njit", "njit: no `fastmath`"),
        ("lif", "numpy_dense", "numpy_quick", "no words of implementations/README.md"),
        ("masked_matmul", "jax_jit", "jax_jit_part", "part: no loop calls what is compiled"),
        ("polynomial_sum", "numba_parallel", "numba_fastmath", "not parallel"),
        ("polynomial_sum", "numba_fastmath", "numba_parallel", "parallel: `parallel=True`"),
        ("tensor_contraction", "numpy_einsum_optimize", "numpy_einsum", "not optimize"),
        ("threefry_normal", "torch_compile_part", "torch_compile", "not compiled as a whole"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_noticed(kernel: str, port: str, wrong_name: str, complaint: str):
    code = read(find_kernel(kernel).path(port), kernel)
    assert not complaints(port, code)
    assert any(said.startswith(complaint) for said in complaints(wrong_name, code))
