"""How many lines of code two ports differ in."""

import ast
import difflib
import re
from pathlib import Path


def files_of(port: Path) -> list[Path]:
    """A port's own file, after those that it shares with other ports (`_*.py`)."""
    files = [port]
    for path in files:  # which grows
        imports = r"(?m)^from (?:(?:portstudy\.implementations\.|\.\.)(\w+)|)\.(_\w+) import"
        for kernel, name in re.findall(imports, path.read_text(encoding="utf-8")):
            folder = path.parents[1] / kernel if kernel else path.parent
            if (shared := folder / f"{name}.py").is_file() and shared not in files:
                files.append(shared)
    return files[::-1]


def code_of(port: Path) -> list[str]:
    """The lines of a port's files, without docstrings, blank ones, and what makes its inputs."""
    return [line for path in files_of(port) for line in _code_of_file(path)]


def _code_of_file(path: Path) -> list[str]:
    """The lines of a port's file, without its docstring, blank ones, and what makes its inputs."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    body = ast.parse(source).body
    left_out: list[ast.stmt] = [
        node for node in body if isinstance(node, ast.FunctionDef) and node.name == "inputs"
    ]
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        left_out.append(body[0])
    for node in left_out:
        for i in range(node.lineno - 1, node.end_lineno or node.lineno):
            lines[i] = ""
    return [line.rstrip() for line in lines if line.strip()]


def changed_lines(before: Path, after: Path) -> int:
    """How many lines of code differ: a line that is another one counts once."""
    delta = difflib.SequenceMatcher(None, code_of(before), code_of(after), autojunk=False)
    return sum(max(b - a, d - c) for tag, a, b, c, d in delta.get_opcodes() if tag != "equal")
