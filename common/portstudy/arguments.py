"""What the arguments of a kernel's ports may be: declared in its spec, checked at the interface.

Each argument has a declaration: an `Array`, a `Scalar`, a `Size`, a `Choice`, or a NamedTuple of
these where it is one. All are checked before anything compiles, and every message names the
argument, what was given and what is allowed.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import psutil

Bound = float | str | None
"""A number; the name of an axis, for its length; or none."""


class InvalidInput(ValueError):
    """An argument that a kernel cannot take."""


HOLDS: Mapping[str, Callable] = {
    "above": operator.gt,
    "from": operator.ge,
    "below": operator.lt,
    "up to": operator.le,
}


class Call:
    """The arguments of one call, as far as they have been taken."""

    def __init__(self, dtype: np.dtype) -> None:
        self.dtype = dtype
        self.lengths: dict[str, int] = {}
        """Of each axis."""
        self.waiting: list[tuple[str, Any, Any]] = []
        """Arguments whose bounds are lengths, perhaps not known yet: name, declaration, value."""

    def take(self, name: str, declared: Any, value: Any) -> Any:
        """An argument as it was declared, or InvalidInput."""
        if not isinstance(declared, tuple):
            return declared.take(self, name, value)
        kind, fields = type(declared), declared._fields  # type: ignore[attr-defined]
        if not isinstance(value, tuple) or len(value) != len(fields):
            allowed = f"{kind.__name__}({', '.join(fields)})"
            raise InvalidInput(f"{name}: {type(value).__name__}; allowed: {allowed}")
        parts = zip(fields, declared, value, strict=True)
        return kind(*(self.take(f"{name}.{field}", part, given) for field, part, given in parts))


def take_all(declared: Mapping[str, Any], dtype: np.dtype, arguments: tuple) -> tuple:
    """The arguments as they were declared: read-only, of this dtype; or InvalidInput."""
    call = Call(dtype)
    pairs = zip(declared.items(), arguments, strict=True)
    taken = tuple(call.take(name, declaration, given) for (name, declaration), given in pairs)
    for name, declaration, value in call.waiting:
        declaration.refuse(call, name, value)
    return taken


class Bounded:
    """Numbers within bounds, each of which is a number or the name of an axis: its length.

    >>> print(Bounded(above=0))
    above 0
    >>> print(Bounded(at_least=0, at_most=1))
    from 0 to 1
    """

    whole = False
    """Are they integers?"""

    def __init__(
        self, *, above: Bound = None, at_least: Bound = None, below: Bound = None,
        at_most: Bound = None, unit: str = "",
    ) -> None:  # fmt: skip
        bounds = {"above": above, "from": at_least, "below": below, "up to": at_most}
        self.bounds = {word: bound for word, bound in bounds.items() if bound is not None}
        self.by_length = any(isinstance(bound, str) for bound in self.bounds.values())
        self.unit = f" {unit}" if unit else ""

    def __str__(self) -> str:
        return self.allowed({})

    def allowed(self, lengths: Mapping[Any, int]) -> str:
        """The bounds in words."""
        bounds = {word: lengths.get(bound, bound) for word, bound in self.bounds.items()}
        if self.whole and isinstance(below := bounds.get("below"), int):
            del bounds["below"]
            bounds["up to"] = below - 1
        words = {word: _spelt(bound) for word, bound in bounds.items()}
        if {"from", "up to"} == set(words):
            return f"from {words['from']} to {words['up to']}"
        return " and ".join(f"{word} {bound}" for word, bound in words.items())

    def refuse(self, call: Call, name: str, value: Any) -> None:
        """Raise InvalidInput where a value is out of bounds."""
        for word, bound in self.bounds.items():
            lengths: Mapping[Any, int] = call.lengths
            inside = HOLDS[word](value, lengths.get(bound, bound))
            if np.all(inside):
                continue
            where = ""
            if np.ndim(value):
                index = tuple(int(i) for i in np.argwhere(~inside)[0])
                value, where = value[index], f" at {list(index)}"
            raise InvalidInput(
                f"{name}: {value}{self.unit}{where}; allowed: {self.allowed(lengths)}"
            )

    def _bound(self, call: Call, name: str, value: Any) -> Any:
        if self.by_length:
            call.waiting.append((name, self, value))
        elif self.bounds:
            self.refuse(call, name, value)
        return value


class Array(Bounded):
    """Finite numbers with these axes, of the kernel's dtype unless another is named.

    An axis is a name, which has one length in all arguments of a call, or a length. Bounds hold for
    every number.
    """

    def __init__(self, *axes: str | int, dtype: Any = None, **bounds: Any) -> None:
        super().__init__(**bounds)
        self.axes = axes
        self.dtype = None if dtype is None else np.dtype(dtype)
        self.whole = self.dtype is not None and self.dtype.kind in "iu"

    def __repr__(self) -> str:
        return f"({', '.join(map(str, self.axes))})" + (f" {self.dtype}" if self.dtype else "")

    def take(self, call: Call, name: str, value: Any) -> Any:
        """`value` as a contiguous, read-only array."""
        wanted = self.dtype or call.dtype
        try:
            given = np.asarray(value)
        except ValueError as error:
            raise InvalidInput(f"{name}: not an array ({error})") from error
        kinds, allowed = ("iub", "integers") if wanted.kind in "iub" else ("fiub", "real numbers")
        if given.dtype.kind not in kinds:
            raise InvalidInput(f"{name}: dtype {given.dtype}; allowed: {allowed}")
        if given.ndim != len(self.axes) or any(
            isinstance(axis, int) and axis != length
            for axis, length in zip(self.axes, given.shape, strict=True)
        ):
            shape = f"({', '.join(map(str, self.axes))})"
            raise InvalidInput(f"{name}: shape {given.shape}; allowed: {shape}")
        if given.size == 0:
            raise InvalidInput(f"{name}: shape {given.shape} is empty; allowed: lengths from 1")
        for axis, length in zip(self.axes, given.shape, strict=True):
            if isinstance(axis, str) and call.lengths.setdefault(axis, length) != length:
                known = ", ".join(
                    f"{axis}={call.lengths[axis]}" if axis in call.lengths else str(axis)
                    for axis in self.axes
                )
                raise InvalidInput(f"{name}: shape {given.shape} does not match ({known})")
        fits(name, given.shape, wanted.itemsize)
        with np.errstate(over="ignore"):
            array = np.array(given, dtype=wanted, order="C")
        lost = ~np.isfinite(array) if wanted.kind == "f" else array != given
        if lost.any():
            index = tuple(int(i) for i in np.argwhere(lost)[0])
            what = "finite" if wanted.kind == "f" else "representable"
            raise InvalidInput(f"{name}: {given[index]} at {list(index)} is not {what} in {wanted}")
        array.flags.writeable = False
        return self._bound(call, name, array)


class Scalar(Array):
    """A finite number, as a NumPy scalar: data, which travels to the device as arrays do."""

    def __init__(self, *, dtype: Any = None, **bounds: Any) -> None:
        super().__init__(dtype=dtype, **bounds)

    def __repr__(self) -> str:
        return str(self.dtype or "number")

    def take(self, call: Call, name: str, value: Any) -> Any:
        """`value` as a scalar."""
        if self.dtype is None and isinstance(value, float | np.floating):  # in a third of the time
            with np.errstate(over="ignore"):
                scalar = call.dtype.type(value)
            if np.isfinite(scalar):
                return self._bound(call, name, scalar)
        return super().take(call, name, value)[()]


class Size(Bounded):
    """A plain integer, known when a port is compiled: how many steps there are, for example."""

    def __init__(self, *, at_least: int = 0, at_most: int | str = 2**63 - 1) -> None:
        super().__init__(at_least=at_least, at_most=at_most)

    def __repr__(self) -> str:
        return "int"

    def allowed(self, lengths: Mapping[Any, int]) -> str:
        """The bounds in words."""
        return f"integers {super().allowed(lengths)}"

    def take(self, call: Call, name: str, value: Any) -> int:
        """`value` as a Python integer."""
        try:
            integer = operator.index(value)
        except TypeError:
            integer = None
        if integer is None or isinstance(value, bool):
            raise InvalidInput(f"{name}: {value!r}; allowed: {self.allowed(call.lengths)}")
        return self._bound(call, name, integer)


class Choice:
    """One of a few values, known when a port is compiled: a switch, for example."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def __repr__(self) -> str:
        return " | ".join(map(repr, self.values))

    def take(self, call: Call, name: str, value: Any) -> Any:
        """`value`, if it is one of them: 1 is not True."""
        if any(type(value) is type(one) and value == one for one in self.values):
            return value
        raise InvalidInput(f"{name}: {value!r}; allowed: {', '.join(map(repr, self.values))}")


def fits(name: str, shape: tuple[int, ...], item_bytes: int) -> None:
    """Refuse an array that does not fit into the memory that is free."""
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


def _spelt(bound: Any) -> str:
    """A bound as it is written down: 2**31 - 1, not 2147483647."""
    for below in (0, 1):
        power = int(bound) + below if isinstance(bound, int) else 0
        if power > 2**16 and power & (power - 1) == 0:
            return f"2**{power.bit_length() - 1}" + (" - 1" if below else "")
    return str(bound)
