"""Nested outputs and arguments: tuples, lists, dicts, dataclasses and plain objects."""

import copy
import dataclasses
import enum
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

# Instances of their classes are leaves, whatever they are made of.
LEAVES_OF = (
    "builtins", "jax", "jaxlib", "numba", "numpy", "portstudy", "random", "scipy", "torch"
)  # fmt: skip


@functools.cache
def _has_attributes(kind: type) -> bool:
    """Are instances of this type containers: a dataclass, or a plain object of a user's class?"""
    if kind.__module__.partition(".")[0] in LEAVES_OF or issubclass(kind, enum.Enum | type):
        return False
    array = any({"__array__", "__call__"} & vars(base).keys() for base in kind.__mro__)
    has_dict = kind.__dictoffset__ != 0
    return dataclasses.is_dataclass(kind) or (has_dict and not array)


def _is_container(tree: Any) -> bool:
    return _has_attributes(type(tree))  # type: ignore[arg-type]  # a type is hashable


def _attributes(tree: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(tree):
        return {field.name: getattr(tree, field.name) for field in dataclasses.fields(tree)}
    return dict(vars(tree))


def map_arrays(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply `function` to every array and NumPy scalar in a tree.

    What Python has itself (numbers, strings, None) are sizes and switches: they stay as they are.
    """

    def apply(leaf: Any) -> Any:
        return function(leaf) if hasattr(leaf, "dtype") and hasattr(leaf, "shape") else leaf

    return map_leaves(apply, tree)


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply `function` to all leaves, Python's own too."""
    if isinstance(tree, dict):
        return {key: map_leaves(function, item) for key, item in tree.items()}
    if isinstance(tree, tuple | list):
        mapped = [map_leaves(function, item) for item in tree]
        return type(tree)(*mapped) if hasattr(tree, "_fields") else type(tree)(mapped)
    if _is_container(tree):
        mapped = copy.copy(tree)
        for name, item in _attributes(tree).items():
            object.__setattr__(mapped, name, map_leaves(function, item))  # it may be frozen
        return mapped
    return function(tree)


def leaves(tree: Any) -> list:
    """The leaves of a tree, in order."""
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if isinstance(tree, tuple | list):
        return [leaf for item in tree for leaf in leaves(item)]
    if _is_container(tree):
        return leaves(_attributes(tree))
    return [tree]


def fill(tree: Any, values: Iterable) -> Any:
    """The same tree, with these values in place of its leaves."""
    remaining = iter(values)
    return map_leaves(lambda leaf: next(remaining), tree)


def names_of(outputs: Any, root: str = "output") -> list[str]:
    """A name for each leaf: fields, attributes and keys as they are called, others by number."""

    def walk(tree: Any, name: str) -> list[str]:
        if hasattr(tree, "_asdict"):
            tree = tree._asdict()
        elif _is_container(tree):
            tree = _attributes(tree)
        if isinstance(tree, Mapping):
            return [n for key, item in tree.items() for n in walk(item, f"{name}.{key}")]
        if isinstance(tree, tuple | list):
            return [n for i, item in enumerate(tree) for n in walk(item, f"{name}[{i}]")]
        return [name]

    return [name.removeprefix("output.") for name in walk(outputs, root)]


def map_numbers(function: Callable[[Any], Any], x: Any) -> Any:
    """Apply `function` to an array: of one of SciPy's sparse ones, to what it stores."""
    if not hasattr(x, "tocsr"):
        return function(x)
    x = x.copy()
    x.data = function(x.data)
    return x


def unwritten(array: np.ndarray) -> np.ndarray:
    """The array, with each of its bytes 255: NaN, -1, the largest unsigned integer."""
    array[...] = np.frombuffer(b"\xff" * array.itemsize, array.dtype)
    return array
