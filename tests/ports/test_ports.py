"""Every port of every kernel: written by the rules, and equal to its reference in all tiers."""

import ast
import re

import pytest
from portstudy import Port, find_kernel, kernels
from portstudy.proof import (
    compare,
    prove_accuracy,
    prove_free_run,
    prove_single_steps,
    prove_to_the_bit,
    run,
)

from tests.conftest import inputs

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


def test_every_guard_holds(port: Port):
    run(port, port.check(*inputs(port.kernel.name, port.backend.dtype, dyadic=False)))


def test_to_the_bit_on_dyadic_inputs(port: Port):
    if port.kernel.dyadic is None:
        pytest.skip(f"{port.kernel.name} has no dyadic inputs")
    prove_to_the_bit(port, inputs(port.kernel.name, port.backend.dtype))


def test_single_steps_from_the_references_states(port: Port):
    if not port.kernel.steps:
        pytest.skip(f"{port.kernel.name} has no steps")
    prove_single_steps(port, inputs(port.kernel.name, port.backend.dtype, dyadic=False))


def test_accuracy(port: Port):
    """Accurate throughout, unless rounding flipped a spike: from there on two courses are right."""
    arguments = inputs(port.kernel.name, port.backend.dtype, dyadic=False)
    if port.kernel.explain is None or not prove_free_run(port, arguments).note:
        prove_accuracy(port, arguments)


def as_python(argument):
    """Lists for arrays and plain tuples for NamedTuples."""
    if isinstance(argument, tuple):
        return tuple(as_python(item) for item in argument)
    return argument if isinstance(argument, int) else argument.tolist()


def test_lists_do_as_well_as_arrays(port: Port):
    arguments = inputs(port.kernel.name, port.backend.dtype)
    compare(port.kernel, port(*arguments), port(*as_python(arguments)), bits=True)
