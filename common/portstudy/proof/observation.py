"""What a call of someone's function does: what it returns, what it changes, what else there is.

A function that changes its arguments in place has these for outputs. Its port may change them too,
or return what they become, as a port in JAX must.
"""

import contextlib
import io
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from portstudy.functions import FunctionPort, seeded
from portstudy.proof.comparison import _same_bits
from portstudy.proof.namespaces import unwritten_is_nan
from portstudy.rules import Different
from portstudy.trees import leaves, names_of

REMEDIES = {
    "jax": "make the compiled function once, at the top of the file, and pass it all that changes",
    "numba": "decorate a function at the top of the file, not one that is made in each call",
    "torch": "compile once, at the top of the file; a size that changes compiles anew",
}
PATIENCE = 0.3
"""Seconds that repeated calls may take in all, to see whether they agree."""
CALLS = 100
"""How many there are at most: a race does not show in each."""


@dataclass(frozen=True)
class Outcome:
    """What a call gave, as NumPy arrays; what is no number, as it is."""

    returned: dict[str, Any]
    changed: dict[str, Any]
    """Arguments that the call has changed in place, as they are after it."""
    fresh: bool = False
    """Must each call have arguments of its own: does it change, use up or draw from them?"""
    notes: tuple[str, ...] = ()
    """What a reader must know of the call."""
    seconds: float = 0.0
    others: tuple["Outcome", ...] = ()
    """What other calls with the same arguments gave, where that is not the same to the bit."""
    returns_all: bool = False
    """Can it change no argument in place, since its library's arrays do not change?"""

    @property
    def values(self) -> dict[str, Any]:
        """All outputs by name."""
        return self.returned | {f"argument {name}": x for name, x in self.changed.items()}


def call_once(port: FunctionPort, arguments: dict[str, Any]) -> Outcome:
    """One call on fresh arguments."""
    return _call(port, arguments)[0]


def _call(port: FunctionPort, arguments: dict[str, Any]) -> tuple[Outcome, Any]:
    placed = port.put(arguments)
    before = _snapshot(port, placed, arguments)
    with seeded():
        start = time.perf_counter()
        outputs = port.wait(port.call(*placed))
        seconds = time.perf_counter() - start
    after = _snapshot(port, placed, arguments)
    changed = {
        name: value
        for name, value in after.items()
        if name not in before or not _same(before[name], value)
    }
    numbers = {name: x for name, x in changed.items() if not isinstance(x, Used)}
    returned = _by_name(port.get(outputs))
    all_returned = not port.backend.changes_in_place
    found = Outcome(returned, numbers, bool(changed), seconds=seconds, returns_all=all_returned)
    return found, outputs


def observe(port: FunctionPort, arguments: dict[str, Any]) -> Outcome:
    """Call a function a few times: Different where its outputs are no outputs, or do not stay.

    What else a user should know is in the notes: that it compiles, prints, warns or starts threads
    in each call.
    """
    who = f"{port.kernel.name}/{port.name}"
    first = call_once(port, arguments)
    compiled, spent = port.backend.compiled()
    with _watched() as said:
        second, outputs = _call(port, arguments)
    notes = [f"{port.name} {what}" for what in said()]
    again, spent_now = port.backend.compiled()
    if again != compiled:
        remedy = REMEDIES.get(port.backend.package, REMEDIES["jax"])
        notes.insert(
            0,
            f"{port.name} compiles in each call ({spent_now - spent:.2g} s of the second call's "
            f"{second.seconds:.2g} s): {remedy}",
        )
    others, call = [], second
    end = time.perf_counter() + PATIENCE
    for _ in range(CALLS):
        if not _agree(who, first, call):
            others.append(call)
        if len(others) == 3 or time.perf_counter() + second.seconds > end:
            break
        call = call_once(port, arguments)
    _require_written(who, port, arguments, first, others)
    # A function that hands its outputs over before they are complete is still writing to them.
    time.sleep(min(max(second.seconds, 0.005), 0.5))
    late = replace(second, returned=_by_name(port.get(outputs)))
    if not _agree(who, second, late):
        raise Different(f"{who}: its outputs changed after it had returned")
    return replace(first, notes=tuple(notes), seconds=second.seconds, others=tuple(others))


UNSTEADY = (
    "differs between two calls with the same arguments. Is it a race between threads? Or random "
    "numbers: they must come from a generator among the arguments"
)


def _agree(who: str, one: Outcome, other: Outcome) -> bool:
    """Are the outputs of two calls the same? Different where more than their values differs."""
    same = True
    for name, value in one.values.items():
        now: Any = other.values.get(name)
        if isinstance(value, np.ndarray) and not _same(value, now):
            same = False
            if np.shape(now) != value.shape or value.dtype.kind not in "fc":
                raise Different(f"{who}: {name} {UNSTEADY}")
    return same


def _require_written(
    who: str, port: FunctionPort, arguments: dict[str, Any], first: Outcome, others: list
) -> None:
    """Raise Different where outputs depend on what `np.empty` finds in memory, by luck zeros."""
    if others or not port.backend.takes_numpy:
        return
    with np.errstate(all="ignore"), unwritten_is_nan(port.function):
        given = call_once(port, arguments)
    for name, value in first.values.items():
        if isinstance(value, np.ndarray) and not _same(value, given.values.get(name)):
            raise Different(
                f"{who}: {name} depends on memory that nothing was written to: np.empty makes no "
                "zeros"
            )


@dataclass(frozen=True)
class Used:
    """In place of what a call may use up, and nobody compares: a generator, a donated buffer."""

    state: str


def _snapshot(port: FunctionPort, placed: tuple, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments as they are now, by name."""
    named = port.by_name(placed, arguments)

    def read(leaf: Any) -> Any:
        if isinstance(leaf, np.random.Generator):
            return Used(repr(leaf.bit_generator.state))
        if hasattr(leaf, "is_deleted") and leaf.is_deleted():
            return Used("deleted")
        return value_of(port.get(leaf))

    return dict(zip(names_of(named), map(read, leaves(named)), strict=True))


def _by_name(tree: Any) -> dict[str, Any]:
    """Outputs by name; nothing where nothing is returned."""
    tree = _lists_as_arrays(tree)
    if tree is None:
        return {}
    return dict(zip(names_of(tree), map(value_of, leaves(tree)), strict=True))


def _lists_as_arrays(tree: Any) -> Any:
    """With an array in place of each list of numbers."""
    if isinstance(tree, list):
        with contextlib.suppress(ValueError):
            array = np.asarray(tree)
            if array.dtype.kind in "biufc" and array.size:
                return array
    if isinstance(tree, tuple) and not hasattr(tree, "_fields"):
        return tuple(_lists_as_arrays(item) for item in tree)
    if isinstance(tree, dict):
        return {key: _lists_as_arrays(item) for key, item in tree.items()}
    return tree


def value_of(leaf: Any) -> Any:
    """A copy as an array, where it is numbers; a string or None as it is."""
    if isinstance(leaf, str | bytes) or leaf is None:
        return leaf
    array = np.array(leaf)
    return array if array.dtype.kind in "biufc" else Other(type(leaf).__name__)


@dataclass(frozen=True)
class Other:
    """In place of an output that is no array, and that nothing compares."""

    kind: str


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return _same_bits(a, b)
    return type(a) is type(b) and (not isinstance(a, str | bytes | Used) or a == b)


@contextlib.contextmanager
def _watched() -> Iterator[Callable[[], list[str]]]:
    """What a call does besides computing, in words, once it is over."""
    text, started, size = io.StringIO(), [], os.fstat(1).st_size
    start = threading.Thread.start

    def count(thread: threading.Thread) -> None:
        started.append(thread)
        start(thread)

    setattr(threading.Thread, "start", count)  # noqa: B010 - for a type checker
    try:
        with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(text):
            warnings.simplefilter("always")

            def said() -> list[str]:
                found = []
                if text.getvalue() or os.fstat(1).st_size > size:  # C's printf goes past Python
                    found.append("prints in each call, which is part of its time")
                if started:
                    s = "" if len(started) == 1 else "s"
                    found.append(f"starts {len(started)} thread{s} in each call")
                if warned:
                    first = warned[0]
                    found.append(f"warns: {first.category.__name__}: {first.message}")
                return found

            yield said
    finally:
        setattr(threading.Thread, "start", start)  # noqa: B010
