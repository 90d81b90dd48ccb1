"""Ports run on a GPU unchanged: what can be proven of that where there is none.

- Every torch port says where each tensor that it makes is to live, and it runs on a device that is
  not this one: on stand-ins, whose values are on the CPU, and which no tensor of the CPU may meet.
- Whatever a JAX port compiles is lowered for CUDA, Pallas to Triton, on whatever machine it is.

That a GPU then computes the same is for a machine with one: there all other tests run on it, too.
"""

import ast
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from portstudy import Port, find_kernel, kernels, load
from portstudy.backends.jax import JaxSharded
from portstudy.show.lines import files_of
from portstudy.trees import leaves, map_arrays

from tests.conftest import load_edited, skipped_if_unavailable

DTYPE = "float32"


def sources(*libraries: str, containing: str = "") -> list[tuple[str, str]]:
    """The ports in these libraries whose source contains this word."""
    return [
        (kernel, port)
        for kernel in kernels()
        for port in find_kernel(kernel).ports()
        if find_kernel(kernel).library(port) in libraries
        and containing in find_kernel(kernel).path(port).read_text(encoding="utf-8")
    ]


def open_here(kernel: str, port: str) -> Port:
    with skipped_if_unavailable(find_kernel(kernel).library(port)):
        return load(kernel, port, dtype=DTYPE)


def few_steps(port: Port) -> tuple:
    """The inputs of size `check`, and no more steps of it than it takes to go through them all."""
    short = ",steps=20" if "steps" in port.kernel.sizes["check"] else ""
    return port.kernel.make_inputs(f"check{short}", DTYPE)


# torch: what is made says where it lives.

FACTORIES = {
    "arange", "as_tensor", "asarray", "empty", "eye", "from_numpy", "full", "Generator", "linspace",
    "logspace", "normal", "ones", "rand", "randint", "randn", "randperm", "scalar_tensor", "tensor",
    "tril_indices", "triu_indices", "zeros", "nn.Conv1d", "nn.Embedding", "nn.Linear",
}  # fmt: skip


def homeless(source: str) -> list[str]:
    """The calls that make a tensor, and do not say on which device: it will be on the CPU."""
    makers = FACTORIES | {name.removeprefix("nn.") for name in FACTORIES}
    return [
        f"line {call.lineno}: {ast.unparse(call)}"
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).removeprefix("torch.") in makers
        and "device" not in [keyword.arg for keyword in call.keywords]
    ]


@pytest.mark.parametrize(("kernel", "port"), sources("torch", "snntorch"))
def test_a_torch_port_says_where_each_tensor_lives(kernel: str, port: str):
    for path in files_of(find_kernel(kernel).path(port)):
        assert homeless(path.read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize("source", ["torch.zeros(3)", "arange(len(x))", "torch.nn.Linear(2, 3)"])
def test_a_tensor_that_does_not_say_it_is_found(source: str):
    assert homeless(f"x = f({source})") == [f"line 1: {source}"]


@pytest.mark.parametrize(
    "source", ["torch.zeros(3, device=x.device)", "torch.zeros_like(x)", "x.new_zeros(3)"]
)
def test_a_tensor_that_says_it_is_not(source: str):
    assert homeless(source) == []


# torch: nothing that runs meets a tensor of the CPU.

NO_STAND_IN = {
    ("derivatives", "torch_jacfwd"): "four levels of forward mode on a stand-in crash torch",
    ("lif_sparse", "torch_csr"): "a stand-in has strides, and a sparse tensor has none",
}


def test_ports_without_a_stand_in_are_there():
    assert set(NO_STAND_IN) <= set(sources("torch"))


def run_elsewhere(port: Port) -> None:
    import torch

    from tests.stand_ins import StandIn, elsewhere

    def put(x: Any) -> Any:
        return StandIn(torch.tensor(x)) if isinstance(x, np.ndarray) else float(x)

    arguments = map_arrays(put, few_steps(port))
    with elsewhere():
        outputs = port.function(*arguments)
    for name, output in zip(port.kernel.rules(outputs), leaves(outputs), strict=True):
        if not isinstance(output, StandIn):
            raise AssertionError(f"{name} is on the CPU")


@pytest.mark.parametrize(("kernel", "port"), sources("torch", "snntorch"))
def test_a_torch_port_runs_on_another_device(kernel: str, port: str):
    if reason := NO_STAND_IN.get((kernel, port)):
        pytest.skip(reason)
    run_elsewhere(open_here(kernel, port))


@pytest.mark.parametrize(
    ("port", "old", "new", "verdict"),
    [
        ("torch_eager", "device=drive.device", "device='cpu'",
         r"aten\.copy_\.default on two devices: on the CPU is what has shape \(64,\)$"),
        ("torch_eager", "return spikes,", "return spikes.to('cpu'),", "spikes is on the CPU$"),
        ("torch_scan", "(voltage,), fired", "(voltage,), fired & torch.ones(len(drive)).bool()",
         "on two devices"),
    ],
    ids=["made", "returned", "in_a_loop"],
)  # fmt: skip
def test_a_torch_port_on_two_devices_is_caught(
    port: str, old: str, new: str, verdict: str, tmp_path: Path
):
    edited = load_edited(tmp_path, "two_devices", "lif", port, {old: new}, DTYPE)
    with pytest.raises(AssertionError, match=verdict):
        run_elsewhere(edited)


# JAX: what a port compiles is lowered for a GPU, if not compiled.


def lower(port: Port, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Run a port, and lower for CUDA what it compiles on the way: each function, and its code."""
    import jax

    lowered: dict[str, str] = {}
    module = sys.modules[port.function.__module__]

    def for_cuda(name: str, function: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            placed = not any(isinstance(x, jax.core.Tracer) for x in leaves(arguments))
            if placed and name not in lowered:
                traced = function.trace(*arguments, **options)
                lowered[name] = traced.lower(lowering_platforms=("cuda",)).as_text()
            # What is compiled as a whole need not run.
            return None if function is port.function else function(*arguments, **options)

        return call

    jitted = {name: f for name, f in vars(module).items() if hasattr(f, "lower")}
    for name, function in jitted.items():
        monkeypatch.setattr(module, name, for_cuda(name, function))
    port.backend.call(getattr(module, port.kernel.name), port.put(few_steps(port)))
    return lowered


@pytest.mark.parametrize(("kernel", "port"), sources("jax", "diffrax", containing="jit"))
def test_what_a_jax_port_compiles_is_lowered_for_cuda(
    kernel: str, port: str, monkeypatch: pytest.MonkeyPatch
):
    if issubclass(find_kernel(kernel).backend(port), JaxSharded):
        pytest.skip("its mesh is one of devices, and they are here")
    if find_kernel(kernel).library(port) == "diffrax":
        pytest.skip("its checks call Python back, which is lowered for the devices that are here")
    lowered = lower(open_here(kernel, port), monkeypatch)
    assert lowered, "the word jit stands in this port, but nothing was compiled"
    if port.startswith("jax_pallas"):
        assert "xla.gpu.triton" in lowered[kernel], "for a GPU it is interpreted, too"


def test_what_triton_refuses_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The interpreter takes an array of any length, Triton one of a power of two."""
    edit = {"pl.next_power_of_2(neurons)": "neurons"}
    port = load_edited(tmp_path, "any_length", "lif_ensemble", "jax_pallas", edit, DTYPE)
    port(*few_steps(port))
    with pytest.raises(Exception, match="power of 2"):
        lower(port, monkeypatch)
