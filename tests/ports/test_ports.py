"""Every port of every kernel: written by the rules, and equal to its reference in all tiers."""

import ast
import re

import pytest
from portstudy import Port, find_kernel, kernels
from portstudy.proof import prove

SOURCES = [(kernel, port) for kernel in kernels() for port in find_kernel(kernel).ports()]

# What would make a port more than the computation: timing, harness, synchronisation, output.
FOREIGN = re.compile(
    r"\btime\b|timeit|perf_counter|\bcommon\b|benchmark|block_until_ready|synchronize"
    r"|set_default_device|argparse|__main__|\bprint\(|\bos\.|\bsys\."
)


def arguments_of(kernel: str, port: str) -> list[str]:
    tree = ast.parse((find_kernel(kernel).folder / f"{port}.py").read_text(encoding="utf-8"))
    functions = [x for x in tree.body if isinstance(x, ast.FunctionDef) and x.name == kernel]
    assert len(functions) == 1, f"{kernel}/{port} must define `{kernel}` once"
    arguments = functions[0].args
    assert arguments.posonlyargs == arguments.kwonlyargs == arguments.defaults == []
    return [argument.arg for argument in arguments.args]


@pytest.mark.parametrize(("kernel", "port"), SOURCES)
def test_arguments_are_those_of_the_reference(kernel, port):
    assert arguments_of(kernel, port) == arguments_of(kernel, find_kernel(kernel).reference)


@pytest.mark.parametrize(("kernel", "port"), SOURCES)
def test_file_is_a_docstring_and_the_computation(kernel, port):
    spec = find_kernel(kernel)
    source = (spec.folder / f"{port}.py").read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(source))
    assert docstring
    assert spec.summary(port) == docstring.splitlines()[0]
    assert len(spec.summary(port)) > 20
    code = "\n".join(line.split("#")[0] for line in source.splitlines())
    assert FOREIGN.findall(code.split('"""', 2)[2]) == []


def test_it_is_equal_to_the_reference(port: Port):
    """In every tier that its kernel has, under all guards. The message says which one failed."""
    prove(port)
