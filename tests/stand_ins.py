"""Tensors that say they are on another device, for where there is no GPU to try a torch port on.

The device is "meta", the one besides the CPU that every torch knows. What makes a tensor there
makes a stand-in; every operation on stand-ins works on their values, which are on the CPU; and a
stand-in meets no tensor of the CPU, but for single numbers, as it is on a GPU.
"""

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest import mock

import torch
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_leaves, tree_map


class StandIn(torch.Tensor):
    """A tensor that is elsewhere, with values that are here."""

    values: torch.Tensor

    @staticmethod
    def __new__(cls, values: torch.Tensor) -> "StandIn":
        layout = values.shape, values.stride(), values.storage_offset()
        return torch.Tensor._make_wrapper_subclass(cls, *layout, dtype=values.dtype, device="meta")

    def __init__(self, values: torch.Tensor) -> None:
        self.values = values

    def __repr__(self) -> str:
        return f"StandIn({self.values})"

    @classmethod
    def __torch_dispatch__(
        cls, operation: Any, types: Any, arguments: tuple = (), options: dict | None = None
    ) -> Any:
        return perform(operation, arguments, options or {})

    # What torch does without an operation.

    def tolist(self) -> list:
        return self.values.tolist()

    def new_tensor(self, data: Any, **options: Any) -> "StandIn":
        return StandIn(self.values.new_tensor(data, **options))


class Elsewhere(TorchDispatchMode):
    """While it is entered, what is made on the other device is a stand-in."""

    supports_higher_order_operators = True

    def __torch_dispatch__(
        self, operation: Any, types: Any, arguments: tuple = (), options: dict | None = None
    ) -> Any:
        if isinstance(operation, torch._ops.HigherOrderOperator):
            with self:
                return loop(operation.name(), *arguments)
        return perform(operation, arguments, options or {})


def perform(operation: Any, arguments: tuple, options: dict) -> Any:
    """The operation on the values; AssertionError where they are on two devices."""
    tensors = [x for x in tree_leaves((arguments, options)) if isinstance(x, torch.Tensor)]
    there = [x for x in tensors if isinstance(x, StandIn)]
    here = [x for x in tensors if not isinstance(x, StandIn) and x.dim() > 0]
    if there and here:
        shapes = ", ".join(str(tuple(x.shape)) for x in here)
        raise AssertionError(f"{operation} on two devices: on the CPU is what has shape {shapes}")
    place = options.get("device")
    elsewhere = bool(there) if place is None else is_elsewhere(place)
    ours = options if place is None else options | {"device": torch.device("cpu")}
    outputs = operation(*tree_map(values_of, arguments), **tree_map(values_of, ours))
    if not elsewhere:
        return outputs
    wrapped = tree_map(lambda x: StandIn(x) if isinstance(x, torch.Tensor) else x, outputs)
    return return_and_correct_aliasing(operation, arguments, options, wrapped)


def is_elsewhere(device: Any) -> bool:
    return torch.device(device).type == "meta"


def values_of(x: Any) -> Any:
    return x.values if isinstance(x, StandIn) else x


def loop(name: str, body: Any, *arguments: Any) -> Any:
    """What torch's `while_loop` and `scan` do, in Python."""
    if name == "while_loop":
        proceed, (body, carry, further) = body, arguments
        while proceed(*carry, *further):
            carry = body(*carry, *further)
        return carry
    assert name == "scan", f"{name} is not one of the loops that are known here"
    carry, inputs, further = arguments
    results = []
    for i in range(len(inputs[0])):
        carry, result = body(*carry, *(x[i] for x in inputs), *further)
        results.append(result)
    return carry, tree_map(lambda *x: torch.stack(x), *results)


@contextlib.contextmanager
def elsewhere() -> Iterator[None]:
    """Here torch works on stand-ins, and compiles nothing."""
    make = torch.tensor

    def tensor(data: Any, *, dtype: Any = None, device: Any = "cpu") -> Any:  # it is no operation
        made = make(data, dtype=dtype)
        return StandIn(made) if is_elsewhere(device) else made

    with (
        mock.patch.object(torch, "tensor", tensor),
        torch.compiler.set_stance("force_eager"),
        torch.no_grad(),
        Elsewhere(),
    ):
        yield
