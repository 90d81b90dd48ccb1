"""Nested outputs and arguments: tuples, NamedTuples, lists and dicts of arrays."""

from collections.abc import Callable
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
