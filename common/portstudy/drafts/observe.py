"""One run of a function as it is: what its variables hold, how often each line runs, how long."""

import contextlib
import sys
import time
import types
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from portstudy.functions import Functions, fresh, seeded
from portstudy.importing import import_file
from portstudy.trees import leaves


@dataclass
class Observed:
    """What was seen in a run."""

    kinds: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """Of each variable, by its function: bool[2] is a matrix of bool, float a Python number."""
    hits: dict[int, int] = field(default_factory=dict)
    """How often each line ran."""
    seconds: dict[int, float] = field(default_factory=dict)
    """In each line, as the profiler has it."""
    changed: set[str] = field(default_factory=set)
    """The arguments that the call has changed."""
    total: float = 0.0
    """Seconds of a call that nothing watched."""

    def each(self, first: int, last: int) -> float:
        """Seconds of the statement in these lines each time it runs, all of its inside included."""
        lines = [x for x in range(first, last + 1) if x in self.hits]
        if not lines or first not in self.hits:
            return 0.0
        inside = self.hits[lines[1]] if len(lines) > 1 else 0
        times = self.hits[first] - inside if self.hits[first] > inside > 0 else self.hits[first]
        return sum(self.seconds[x] for x in lines) / max(1, times)

    def kind(self, function: str, name: str) -> str:
        """What a variable held, if that was always the same; else ""."""
        found = self.kinds.get((function, name), set())
        return next(iter(found)) if len(found) == 1 else ""

    def is_mask(self, function: str, name: str) -> bool:
        """Is it an array of bool?"""
        found = self.kinds.get((function, name), set())
        return bool(found) and all(x.startswith("bool[") for x in found)

    def is_array(self, function: str, name: str) -> bool:
        """Is it an array with a dimension at least?"""
        found = self.kinds.get((function, name), set())
        return any("[" in x and not x.endswith("[0]") for x in found)


def kind_of(value: Any) -> str:
    """Dtype and number of dimensions of an array; of all else, its type."""
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype.name}[{value.ndim}]"
    return type(value).__name__


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and a.tobytes() == b.tobytes()
    return True


def observe(kernel: Functions, arguments: dict[str, Any]) -> Observed:
    """Run the original twice: once for its variables, once with the line profiler."""
    from line_profiler import LineProfiler

    found = Observed()
    module = import_file(kernel.path(kernel.reference))
    function = getattr(module, kernel.function(kernel.reference))
    file = str(module.__file__)

    def watch(frame: Any, event: str, _: Any) -> None:
        if event in ("call", "return") and frame.f_code.co_filename == file:
            for name, value in frame.f_locals.items():
                found.kinds[frame.f_code.co_name, name].add(kind_of(value))

    def call(run: Any) -> None:
        first, named = kernel.parameters[kernel.reference].order(
            arguments, kernel.parameters[kernel.reference]
        )
        given = fresh(arguments)
        with seeded(), contextlib.redirect_stdout(sys.stderr):
            start = time.perf_counter()
            run(*[given[name] for name in first], **{name: given[name] for name in named})
            found.total = time.perf_counter() - start
        for name in given:
            before, after = (leaves(x[name]) for x in (arguments, given))
            if any(not _same(a, b) for a, b in zip(before, after, strict=False)):
                found.changed.add(name)

    old = sys.getprofile()
    sys.setprofile(watch)
    try:
        call(function)
    finally:
        sys.setprofile(old)
    profiler = LineProfiler()
    for value in vars(module).values():
        if isinstance(value, types.FunctionType) and value.__module__ == module.__name__:
            profiler.add_function(value)
    profiler.enable_by_count()
    try:
        call(function)
    finally:
        profiler.disable_by_count()
    stats = profiler.get_stats()
    for (name, _, _), lines in stats.timings.items():
        if name == file:
            for line, hits, ticks in lines:
                found.hits[line] = found.hits.get(line, 0) + hits
                found.seconds[line] = found.seconds.get(line, 0) + ticks * stats.unit
    return found
