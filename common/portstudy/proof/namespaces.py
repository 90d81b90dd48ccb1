"""NumPy as a function's file sees it, with some of its names replaced while the function runs."""

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from portstudy.functions import at_precision
from portstudy.trees import unwritten

NARROWER = {
    "float64": np.float32, "double": np.float32, "longdouble": np.float32, "float_": np.float32,
    "complex128": np.complex64, "cdouble": np.complex64,
}  # fmt: skip
MAKERS = (
    "arange", "array", "asarray", "ascontiguousarray", "asfortranarray", "asanyarray", "bartlett",
    "blackman", "diag", "empty", "eye", "fromfunction", "full", "geomspace", "hamming", "hanning",
    "identity", "kaiser", "linspace", "logspace", "meshgrid", "ones", "tri", "vander", "zeros",
)  # fmt: skip
EMPTY = ("empty", "empty_like")


class _Instead:
    """NumPy, but for some of its names."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def __getattr__(self, name: str) -> Any:
        return self.names[name] if name in self.names else getattr(np, name)


def _then(make: Callable, change: Callable[[Any], Any]) -> Callable:
    """The same function, with a change to what it returns."""

    @functools.wraps(make)
    def changed(*arguments: Any, **named: Any) -> Any:
        return change(make(*arguments, **named))

    return changed


def float32_by_default(function: Callable) -> contextlib.AbstractContextManager:
    """In a function's file NumPy makes float32 arrays where it would make float64.

    `np.zeros(n)` would otherwise keep a function in float64, whatever its arguments are.
    """
    narrow = functools.partial(at_precision, dtype="float32")
    makers = {name: _then(getattr(np, name), narrow) for name in MAKERS}
    return _replaced(function, makers | {n: x for n, x in NARROWER.items() if hasattr(np, n)})


def unwritten_is_nan(function: Callable) -> contextlib.AbstractContextManager:
    """In a function's file `np.empty` makes what cannot be taken for a result: NaN, or -1."""

    def fill(array: np.ndarray) -> np.ndarray:
        return unwritten(array) if array.dtype.kind in "fciu" else array

    return _replaced(function, {name: _then(getattr(np, name), fill) for name in EMPTY})


@contextlib.contextmanager
def _replaced(function: Callable, names: dict[str, Any]) -> Iterator[None]:
    """In a function's file, and its neighbours that use NumPy alone, NumPy's names are these."""
    own = getattr(inspect.unwrap(function), "__globals__", {})
    folder = Path(own.get("__file__", "")).parent
    spaces = [own] + [
        vars(module)
        for module in list(sys.modules.values())
        if own.get("__file__")
        and Path(getattr(module, "__file__", None) or "/").parent == folder
        and not {"numba", "jax", "torch", "njit", "jnp"} & {*vars(module)}
    ]
    replaced = {id(getattr(np, name)): value for name, value in names.items()}
    replaced[id(np)] = _Instead(names)
    kept = []
    for space in spaces:
        for name, value in list(space.items()):
            if id(value) in replaced:
                kept.append((space, name, value))
                space[name] = replaced[id(value)]
    try:
        yield
    finally:
        for space, name, value in kept:
            space[name] = value
