"""A time line of one call of a port, for a trace viewer; or what its library tells instead.

python -m portstudy.show.trace lif jax_scan --to build    writes build/lif-jax_scan.trace.json.gz
python -m portstudy.show.trace lif jax_jit_step jax_scan --to build --picture notes/profiling

The second draws them as well.

JAX and torch write a trace of their operations, which ui.perfetto.dev shows. For Numba the parallel
diagnostics are printed, for NumPy and the others what cProfile says. A port is proven first, to the
bit where its kernel has inputs for that; this also is its warm-up.
"""

import argparse
import cProfile
import gzip
import json
import pstats
import shutil
import sys
import tempfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from portstudy.backends.base import Unavailable
from portstudy.backends.jax import Jax
from portstudy.backends.numba import Numba
from portstudy.backends.torch import Torch
from portstudy.checkout import git
from portstudy.find import load
from portstudy.kernel import Broken
from portstudy.measure.machine import processor, versions
from portstudy.names import UnknownName
from portstudy.proof.guards import run
from portstudy.proof.tiers import prove_to_the_bit
from portstudy.show.theme import THEMES, Theme, canvas, footnote, name_rows


class Event(NamedTuple):
    """A bar of a time line."""

    name: str
    start: float  # µs
    length: float  # µs
    dispatch: bool
    """Is it Python that asks for an operation, and not the operation?"""


def record(kernel: str, name: str, folder: Path, size: str = "small") -> Path | None:
    """Prove a port, then record one more call; the trace, if its library makes one."""
    port = load(kernel, name)
    arguments = port.kernel.make_inputs(size, "float64")
    (prove_to_the_bit if port.kernel.dyadic else run)(port, arguments)
    placed = port.put(arguments)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{port.kernel.name}-{name}.trace.json.gz"
    if isinstance(port.backend, Jax):
        options = port.backend.jax.profiler.ProfileOptions()
        options.python_tracer_level = 0  # not every line of Python
        with tempfile.TemporaryDirectory() as scratch:
            with port.backend.jax.profiler.trace(scratch, profiler_options=options):
                port.wait(port.call(*placed))
            shutil.move(next(Path(scratch).rglob("*.trace.json.gz")), path)
    elif isinstance(port.backend, Torch):
        with port.backend.torch.profiler.profile() as profile:
            port.wait(port.call(*placed))
        profile.export_chrome_trace(str(path))
    elif isinstance(port.backend, Numba):
        compiled = vars(sys.modules[port.function.__module__]).values()
        parallel = [f for f in compiled if getattr(f, "targetoptions", {}).get("parallel")]
        for function in parallel:
            function.parallel_diagnostics(level=1)
        if not parallel:
            print(f"{kernel}/{name} has no function with parallel=True: nothing to diagnose.")
    else:
        with cProfile.Profile() as python:
            port.wait(port.call(*placed))
        pstats.Stats(python).strip_dirs().sort_stats("tottime").print_stats(12)
    return path if path.exists() else None


def events(path: Path) -> list[Event]:
    """What a trace has of operations, and of Python that asks JAX for some, in order of time."""
    found = []
    for event in json.loads(gzip.decompress(path.read_bytes()))["traceEvents"]:
        if event.get("ph") != "X":  # JAX's last event is an empty one
            continue
        dispatch = event["name"].startswith("PjitFunction")
        operation = "hlo_op" in event.get("args", {}) or event.get("cat") == "cpu_op"
        holder = event["name"].startswith(("while", "call"))  # of other operations
        if dispatch or (operation and not holder):
            found.append(Event(event["name"], event["ts"], event["dur"], dispatch))
    return sorted(found, key=lambda event: event.start)


def undisturbed(found: list[Event], window: float) -> float:
    """The start of the window in which the operation that takes most of the time begins most often.

    On a shared machine that is one in which nobody else had the processor.
    """
    total: dict[str, float] = defaultdict(float)
    for event in found:
        total[event.name] += 0 if event.dispatch else event.length
    most = max(total, key=lambda name: total[name])
    starts = [event.start for event in found if event.name == most]
    return max(starts, key=lambda start: bisect_left(starts, start + window) - starts.index(start))


def draw(traces: Sequence[Path], to: Path, *, window: float = 500) -> None:
    """So many microseconds of each trace, one below the other, light and dark."""
    for theme in THEMES:
        with canvas(
            Path(f"{to}-{theme.name}.svg"), theme, rows=len(traces), sharex=True,
            figsize=(8.2, 1.0 + 1.1 * len(traces)),
        ) as (figure, rows):  # fmt: skip
            for trace, axes in zip(traces, rows[:, 0], strict=True):
                draw_one(events(trace), axes, window, theme)
                title = trace.name.removesuffix(".trace.json.gz").replace("-", "/")
                axes.set_title(title, fontsize=10, family="monospace")
            axes.set_xlabel("microseconds, out of one traced call")
            library = ", ".join(f"{name} {versions()[name]}" for name in ("numpy", "jax", "torch"))
            commit = git("rev-parse", "--short=8", "HEAD")
            footnote(figure, f"{processor()}; {library}; commit {commit}")


def draw_one(found: list[Event], axes: Any, window: float, theme: Theme) -> None:
    """Python's requests above, the operations below; a product has a colour of its own."""
    start = undisturbed(found, window)
    product, other = theme.palette[:2]
    until = 0.0  # JAX writes a request within itself once more
    for name, begin, length, dispatch in found:
        if dispatch and begin < until:
            continue
        until = begin + length if dispatch else until
        left, right = max(begin - start, 0), min(begin + length - start, window)
        if right <= left:
            continue
        colour = theme.faint if dispatch else product if name.startswith("dot") else other
        edge = {"lw": 0.6 * dispatch, "ec": theme.paper}
        axes.barh(int(dispatch), right - left, 0.7, left, color=colour, **edge)
        if right - left > 0.09 * window:
            where = ((left + right) / 2, int(dispatch))
            words = "dispatch" if dispatch else name
            axes.text(*where, words, ha="center", va="center", c=theme.paper, fontsize=7)
    name_rows(axes, ["operations", "Python"])
    axes.grid(visible=False)
    axes.set(xlim=(0, window), ylim=(-0.5, 1.5))


def main(words: Sequence[str] | None = None) -> None:
    """Record, say where, draw."""
    parser = argparse.ArgumentParser(
        prog="python -m portstudy.show.trace", description=record.__doc__
    )
    parser.add_argument("kernel")
    parser.add_argument("ports", nargs="+", metavar="port")
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--size", default="small")
    parser.add_argument("--picture", type=Path, help="of the traces: PICTURE-light.svg and -dark")
    asked = parser.parse_args(words)
    try:
        found = [record(asked.kernel, port, asked.to, asked.size) for port in asked.ports]
    except (UnknownName, Unavailable, Broken) as error:
        parser.error(str(error))
    traces = [trace for trace in found if trace]
    for trace in traces:
        print(f"{trace}: drop it into ui.perfetto.dev, or into chrome://tracing.")
    if asked.picture and traces:
        draw(traces, asked.picture)


if __name__ == "__main__":
    main()
