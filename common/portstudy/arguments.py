"""Checks of a port's arguments, done once at the interface, before anything compiles.

Every message names the argument, what was given and what is allowed.
"""

import operator
from typing import Any

import numpy as np
import psutil


class InvalidInput(ValueError):
    """An argument that a kernel cannot take."""


def named(what: str, given: Any, kind: type) -> Any:
    """`given`, if it is a tuple of as many fields as a NamedTuple has."""
    fields = kind._fields  # type: ignore[attr-defined]
    if not isinstance(given, tuple) or len(given) != len(fields):
        raise InvalidInput(
            f"{what}: {type(given).__name__}; allowed: {kind.__name__}({', '.join(fields)})"
        )
    return given


class Arrays:
    """Converts arrays to one dtype and holds their shapes against each other.

    >>> arrays = Arrays(np.dtype("float64"))
    >>> weights = arrays.take("weights", [[0.0, 1.0], [1.0, 0.0]], "neurons", "neurons")
    >>> arrays.take("drive", [0.5], "neurons")
    Traceback (most recent call last):
    portstudy.arguments.InvalidInput: drive: shape (1,) does not match (neurons=2)
    """

    def __init__(self, dtype: np.dtype) -> None:
        self.dtype = dtype
        self.lengths: dict[str, int] = {}

    def take(
        self, name: str, value: Any, *axes: str, dtype: np.dtype | type | None = None
    ) -> np.ndarray:
        """`value` as a finite, contiguous, read-only array with these axes.

        Of the kernel's dtype, or of another one, an integer type for example, where that is named.
        """
        wanted = self.dtype if dtype is None else np.dtype(dtype)
        try:
            given = np.asarray(value)
        except ValueError as error:
            raise InvalidInput(f"{name}: not an array ({error})") from error
        kinds, allowed = ("iub", "integers") if wanted.kind in "iub" else ("fiub", "real numbers")
        if given.dtype.kind not in kinds:
            raise InvalidInput(f"{name}: dtype {given.dtype}; allowed: {allowed}")
        if given.ndim != len(axes):
            raise InvalidInput(f"{name}: shape {given.shape}; allowed: ({', '.join(axes)})")
        if given.size == 0:
            raise InvalidInput(f"{name}: shape {given.shape} is empty; allowed: lengths from 1")
        for axis, length in zip(axes, given.shape, strict=True):
            if self.lengths.setdefault(axis, length) != length:
                known = ", ".join(
                    f"{axis}={self.lengths[axis]}" if axis in self.lengths else axis
                    for axis in axes
                )
                raise InvalidInput(f"{name}: shape {given.shape} does not match ({known})")
        with np.errstate(over="ignore"):
            array = np.array(given, dtype=wanted, order="C")
        lost = ~np.isfinite(array) if wanted.kind == "f" else array != given
        if lost.any():
            index = tuple(int(i) for i in np.argwhere(lost)[0])
            what = "finite" if wanted.kind == "f" else "representable"
            raise InvalidInput(f"{name}: {given[index]} at {list(index)} is not {what} in {wanted}")
        array.flags.writeable = False
        return array

    def scalar(self, name: str, value: Any) -> Any:
        """`value` as a finite NumPy scalar."""
        if isinstance(value, float | np.floating):  # a third of the time that `take` needs
            with np.errstate(over="ignore"):
                scalar = self.dtype.type(value)
            if np.isfinite(scalar):
                return scalar
        return self.take(name, value)[()]


def size(name: str, value: Any) -> int:
    """`value` as a non-negative Python integer that fits into 64 bits."""
    try:
        integer = operator.index(value)
    except TypeError:
        integer = -1
    if isinstance(value, bool) or not 0 <= integer < 2**63:
        raise InvalidInput(f"{name}: {value!r}; allowed: integers from 0 to 2**63 - 1")
    return integer


def fits(name: str, shape: tuple[int, ...], item_bytes: int) -> None:
    """Refuse an output that does not fit into the memory that is free."""
    needed = item_bytes
    for length in shape:
        needed *= length
    if needed < 2**24:  # fits; to ask the system costs as much as a small run
        return
    free = psutil.virtual_memory().available
    if needed > free:
        raise InvalidInput(
            f"{name}: {shape} needs {needed / 2**30:,.1f} GiB; {free / 2**30:,.1f} GiB are free"
        )
