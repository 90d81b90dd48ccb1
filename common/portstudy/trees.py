"""Nested outputs and arguments: tuples, NamedTuples, lists and dicts of arrays."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def map_arrays(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply `function` to every array and NumPy scalar in nested tuples, NamedTuples, dicts, lists.

    Python integers and booleans are sizes and switches: they stay as they are.
    """
    return map_leaves(lambda leaf: leaf if isinstance(leaf, int) else function(leaf), tree)


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply `function` to Python integers and booleans, too."""
    if isinstance(tree, dict):
        return {key: map_leaves(function, item) for key, item in tree.items()}
    if isinstance(tree, tuple | list):
        mapped = [map_leaves(function, item) for item in tree]
        return type(tree)(*mapped) if hasattr(tree, "_fields") else type(tree)(mapped)
    return function(tree)


def leaves(tree: Any) -> list:
    """The arrays and scalars of nested tuples, NamedTuples, dicts and lists, in order."""
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if isinstance(tree, tuple | list):
        return [leaf for item in tree for leaf in leaves(item)]
    return [tree]


def fill(tree: Any, values: Iterable) -> Any:
    """The same tree, with these values in place of its leaves."""
    remaining = iter(values)
    return map_leaves(lambda leaf: next(remaining), tree)


def names_of(outputs: Any) -> list[str]:
    """A name for each output array: fields of NamedTuples, keys of dicts, else their numbers."""

    def walk(tree: Any, name: str) -> list[str]:
        if hasattr(tree, "_asdict"):
            tree = tree._asdict()
        if isinstance(tree, Mapping):
            return [n for key, item in tree.items() for n in walk(item, f"{name}.{key}")]
        if isinstance(tree, tuple | list):
            return [n for i, item in enumerate(tree) for n in walk(item, f"{name}[{i}]")]
        return [name]

    return [name.removeprefix("output.") for name in walk(outputs, "output")]
