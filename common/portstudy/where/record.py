"""What a function computes, step by step: each value, where it was made, and what went into it."""

import builtins
import math
import operator
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from portstudy.importing import import_file
from portstudy.trees import leaves, unwritten
from portstudy.where.instrument import RECORD, Instrument, Site

EVENTS = 800_000
ELEMENTS = 8_000_000
SMALL = 1000
"""Whole numbers up to this size say nothing: any two functions have them."""


NARROW = (np.dtype(np.float32), np.dtype(np.complex64), np.dtype(np.float16))
UNWRITTEN = re.compile(r"^(\w+\.)?empty(_like)?\(")
"""Calls whose values are what happens to be in memory."""
SAYS_NOTHING = re.compile(UNWRITTEN.pattern + r"|\.view\([^()]*\)$")
"""The same, and bits that are read as another type."""


class TooLong(BaseException):
    """Stops a function that takes too long uncompiled, or makes too many values."""


class Recorder:
    """The values of one run. The rewritten file calls its methods."""

    slice = slice

    def __init__(self, seconds: float) -> None:
        self.sites: list[Site] = []
        self.scopes = [0]
        self.until = math.inf
        self.seconds = seconds
        self.modules: dict[str, ModuleType] = {}
        self.clear()

    def clear(self) -> None:
        """Forget the last run."""
        self.site: list[int] = []
        self.value: list[Any] = []
        """Of each event: a float, or an array of float64, flat."""
        self.shape: list[tuple[int, ...]] = []
        self.reads: list[tuple[int, ...]] = []
        self.turn_of: list[Any] = []
        self.into: dict[int, int] = {}
        """Of an element's event: that of the array it was written to."""
        self.narrow: set[int] = set()
        """Events of float32 and complex64."""
        self.counts: dict[int, list[int]] = {}
        """Of a loop's site: how many turns it had, each time."""
        self.returned = -1
        """The site of the last return."""
        self.names: list[tuple[int, int]] = []
        """Sites of names, each with the event whose value it got; in time."""
        self.elements = 0
        self.last: dict[int, tuple[int, ...]] = {}
        self.defs: dict[Any, tuple[int, ...]] = {}
        self.made: dict[int, tuple[Any, int]] = {}
        self.cell: dict[int, int] = {}
        self.sliced: set[int | None] = set()
        """Arrays of which whole parts were written."""
        self.container: dict[int, int] = {}
        self.container_of: dict[int, int] = {}
        self.kept: list[Any] = []
        self.turn: Any = None
        self.on = True

    # What the rewritten file calls

    def v(self, site: int, value: Any) -> Any:
        """A value that was computed."""
        if isinstance(value, np.ndarray) and UNWRITTEN.search(self.sites[site].text):
            unwritten(value)  # so that what is never written shows
        self.last[site] = self._take(site, value)
        return value

    def t(self, site: int, value: Any) -> Any:
        """A condition."""
        if self.on:
            shown = numbers(value)
            if shown is not None and np.size(shown[0]) == 1:
                self._add(site, float(np.ravel(shown[0])[0]), (), self._inputs(site))
        return value

    def d(self, site: int, value: Any) -> None:
        """A name that was set."""
        if not self.on and time.perf_counter() > self.until:
            raise TooLong
        found = self._take(site, value)
        target = self.sites[site].target
        if target is not None:
            self.defs[target] = found
        self.names.extend((site, event) for event in found)

    def changed(self, site: int, value: Any) -> None:
        """A name that `+=` has set: perhaps the same object, with other numbers."""
        self.made.pop(id(value), None)
        self.d(site, value)

    def i(self, site: int, base: Any, index: Any) -> Any:
        """An element, or a part."""
        value = base[index]
        if not self.on:
            return value
        if isinstance(base, np.ndarray) and not isinstance(value, np.ndarray):
            place = address(base, index)
            whole = self.container.get(id(root_of(base)))
            if place in self.cell and whole not in self.sliced:
                self.last[site] = (self.cell[place],)
            else:  # not one of the elements that were written one by one
                read = self._inputs(site)
                self.last[site] = tuple(x for x in read if x != whole or whole in self.sliced)
            return value
        self.last[site] = self._take(site, value)
        return value

    def set(self, site: int, value: Any, base: Any, index: Any) -> None:
        """An element that is set."""
        base[index] = value
        if self.on:
            self._written(site, base, index, base[index], self._inputs(site))

    def aug(self, site: int, name: str, base: Any, index: Any, value: Any) -> None:
        """An element that `+=` changes."""
        inputs = self._inputs(site)
        if isinstance(base, np.ndarray) and (place := address(base, index)) in self.cell:
            inputs = (*inputs, self.cell[place])
        base[index] = getattr(operator, name)(base[index], value)
        if self.on:
            self._written(site, base, index, base[index], inputs)

    def e(self, site: int, base: Any, index: Any) -> None:
        """An element that has been set."""
        if self.on:
            self._written(site, base, index, base[index], self._inputs(site))

    def loop(self, site: int, turns: Iterable) -> Iterator:
        """The turns of a loop."""
        outer, count = self.turn, 0
        try:
            for x in turns:
                self.turn = (outer, site, count, x if isinstance(x, int) else None)
                count += 1
                if not self.on and time.perf_counter() > self.until:
                    raise TooLong
                yield x
        finally:
            self.turn = outer
            if self.on:
                self.counts.setdefault(site, []).append(count)

    def r(self, site: int, value: Any) -> Any:
        """What is returned."""
        self.returned = site
        return value

    # What is kept

    def _inputs(self, site: int) -> tuple[int, ...]:
        here = self.sites[site]
        found: list[int] = []
        for child in here.children:
            found += self.last.get(child, ())
        for key in here.keys:
            read = self.defs.get(key, ())
            found += read
            found += [self.container_of[x] for x in read if x in self.container_of]
        return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)

    def _take(self, site: int, value: Any) -> tuple[int, ...]:
        if not self.on:
            return ()
        kind = type(value)
        if kind is int or kind is bool or value is None or kind is str:
            return self._inputs(site)
        if isinstance(value, tuple | list | dict):
            found: list[int] = []
            parts = leaves(value)
            for leaf in parts[:64]:
                found += self._take(site, leaf)
            return tuple(dict.fromkeys(found))
        known = self.made.get(id(value))
        if known is not None and known[0] is value:
            event = known[1]
            if event in self.container_of:
                return event, self.container_of[event]
            return (event,)
        shown = numbers(value)
        if shown is None:
            return self._inputs(site)
        event = self._add(site, *shown, self._inputs(site))
        if getattr(value, "dtype", None) in NARROW:
            self.narrow.add(event)
        self.made[id(value)] = (value, event)
        return (event,)

    def _written(self, site: int, base: Any, index: Any, value: Any, inputs: tuple) -> None:
        shown = numbers(value)
        if shown is None:
            return
        event = self._add(site, *shown, inputs)
        self.names.append((site, event))
        if getattr(base, "dtype", None) in NARROW:
            self.narrow.add(event)
        root = root_of(base)
        if id(root) not in self.container:
            self.kept.append(root)
            self.container[id(root)] = self._add(site, np.empty(0), (0,), ())
        whole = self.container[id(root)]
        self.into[event] = whole
        for array in (root, base):
            known = self.made.get(id(array))
            if known is not None and known[0] is array:
                self.container_of[known[1]] = whole
        if isinstance(base, np.ndarray) and shown[1] == ():
            place = address(base, index)
            if place:
                self.cell[place] = event
                return
        self.sliced.add(whole)

    def _add(self, site: int, value: Any, shape: tuple, inputs: tuple) -> int:
        event = len(self.site)
        self.elements += 1 if shape == () else len(value)
        if event >= EVENTS or self.elements > ELEMENTS:
            raise TooLong
        if event % 256 == 0 and time.perf_counter() > self.until:
            raise TooLong
        self.site.append(site)
        self.value.append(value)
        self.shape.append(shape)
        self.reads.append(inputs)
        self.turn_of.append(self.turn)
        return event

    # The files

    def load(self, path: Path, source: str = "") -> ModuleType:
        """The module in a file, and the neighbours that it imports, rewritten."""
        original = import_file(path)
        name = original.__name__
        if name in self.modules:
            return self.modules[name]
        module = ModuleType(f"{name}_recorded")
        module.__package__, module.__file__ = original.__package__, str(path)
        self.modules[name] = module
        tree = Instrument(path, self.sites, self.scopes).rewrite(
            source or path.read_text(encoding="utf-8")
        )
        vars(module)[RECORD] = self
        vars(module)["__builtins__"] = vars(builtins) | {"__import__": self._importer(path.parent)}
        sys.modules[module.__name__] = module
        try:
            exec(compile(tree, str(path), "exec"), vars(module))
        finally:
            del sys.modules[module.__name__]
        return module

    def _importer(self, folder: Path) -> Any:
        """Imports neighbours rewritten, and all else as usual."""

        def own(module: Any) -> Any:
            file = getattr(module, "__file__", None)
            if not isinstance(module, ModuleType) or not file or Path(file).name == "spec.py":
                return module
            path = Path(file)
            near = path.parent == folder or (
                path.parent.parent == folder.parent and path.name.startswith("_")
            )
            if not near or path.suffix != ".py" or path.name == "__init__.py":
                return module
            return self.load(path)

        def load(
            name: str, space: Any = None, local: Any = None, names: Any = (), level: int = 0
        ) -> Any:
            module = builtins.__import__(name, space, local, names, level)
            if names and hasattr(module, "__path__"):
                copied = ModuleType(module.__name__)
                vars(copied).update({k: own(v) for k, v in vars(module).items()
                                     if k in names})  # fmt: skip
                return copied if all(hasattr(copied, x) for x in names) else module
            return own(module)

        return load


def root_of(array: Any) -> Any:
    """The array whose memory a view shows."""
    while isinstance(getattr(array, "base", None), np.ndarray):
        array = array.base
    return array


def address(base: np.ndarray, index: Any) -> int:
    """Where in memory an element of an array is; 0 where that is no single one."""
    places = index if isinstance(index, tuple) else (index,)
    if len(places) != base.ndim:
        return 0
    place = base.__array_interface__["data"][0]
    for i, n, stride in zip(places, base.shape, base.strides, strict=True):
        if not isinstance(i, int | np.integer):
            return 0
        place += int(i + n if i < 0 else i) * stride
    return place


def numbers(value: Any) -> tuple[Any, tuple[int, ...]] | None:
    """A copy of a value as float64, flat, and its shape; None where it is no number."""
    if isinstance(value, float):
        return float(value), ()
    if isinstance(value, int | bool | np.bool_ | np.integer):
        return float(value), ()
    if isinstance(value, np.ndarray):
        array = value
    else:
        value = unwrapped(value)
        if not hasattr(value, "dtype") or not hasattr(value, "shape"):
            return None
        try:
            array = np.asarray(value)
        except Exception:  # a tracer, a key: no numbers are here
            return None
    if array.dtype.kind not in "biufc":
        return None
    if array.ndim == 0 and array.dtype.kind != "c":
        return float(array), ()
    if array.dtype.kind == "c":
        parts = np.ravel(array).astype(np.complex128)
        return np.concatenate([parts.real, parts.imag]), (2, *array.shape)
    return np.array(array, np.float64).ravel(), array.shape


def unwrapped(value: Any) -> Any:
    """What a JAX tracer of `vmap` or `grad` holds, or a torch tensor: its array."""
    module = type(value).__module__
    for _ in range(8):
        kind = type(value).__name__
        if kind == "BatchTracer":
            axis, inner = value.batch_dim, value.val
            value = inner if not isinstance(axis, int) or axis == 0 else inner.swapaxes(0, axis)
        elif kind in ("JVPTracer", "LinearizeTracer"):
            value = value.primal
        else:
            break
    if module.startswith("torch"):
        import torch

        if torch.is_tensor(value):
            functorch = torch._C._functorch
            while functorch.is_functorch_wrapped_tensor(value):
                value = functorch.get_unwrapped(value)
            return value.detach().cpu().resolve_conj().resolve_neg().numpy()
    return value
