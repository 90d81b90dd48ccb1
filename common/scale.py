"""How time and memory grow with one dimension of a problem, and where ports cross over.

    sweep = measure_sweep("lif", "small", "neurons", [250, 500, 1000], ["numba_event"])
    sweep.exponent("numba_event")       # of the power law that fits best

Each value is a session of its own (`common.measure`): proof, then interleaved rounds.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import combinations, pairwise
from pathlib import Path
from statistics import median
from typing import IO, Any

import numpy as np
from rich import box
from rich.table import Table

from common.compare import COLOURS, OTHER, duration
from common.kernel import find_kernel
from common.measure import Figures, Session, measure


@dataclass
class Sweep:
    """Sessions of one kernel, along one dimension."""

    kernel: str
    dimension: str
    values: list[float]
    sessions: list[Session]
    interrupted: bool = False

    def ports(self) -> list[str]:
        """The ports measured at two values at least, the fastest at its last one first."""
        named = {port: None for session in self.sessions for port in session.ports}
        measured = [port for port in named if len(self.curve(port)[0]) > 1]
        return sorted(measured, key=lambda port: self.curve(port)[1][-1])

    def curve(self, port: str, figure: str = "steady_seconds") -> tuple[list[float], list[float]]:
        """The values at which a port was measured, and its times or another figure of `Figures`."""
        points = [
            (value, getattr(session.ports[port], figure))
            for value, session in zip(self.values, self.sessions, strict=True)
            if port in session.ports and session.ports[port].samples
        ]
        return [x for x, _ in points], [y for _, y in points]

    def limit(self) -> tuple[list[float], list[float]]:
        """The values, and the seconds that this machine needs at least."""
        points = [
            (value, min(session.limit))
            for value, session in zip(self.values, self.sessions, strict=True)
            if session.limit
        ]
        return [x for x, _ in points], [y for _, y in points]

    def exponent(self, port: str, figure: str = "steady_seconds") -> float:
        """p of the law value**p that fits a port's curve best, in logarithms."""
        return exponent(*self.curve(port, figure))

    def crossings(self) -> list[tuple[str, str, float]]:
        """(a, b, value): up to this value a is the faster one, beyond it b is.

        Between two measured values a ratio is a power law. A crossing is one only if a was ahead
        by more than the rounds before it differ, and b is by more after it.
        """
        found = []
        for a, b in combinations(self.ports(), 2):
            clear = [
                (value, ratio)
                for value, session in zip(self.values, self.sessions, strict=True)
                if a in session.ports and b in session.ports
                if (ratio := _clear(session.ratios(a, b)))
            ]
            for (x, before), (y, after) in pairwise(clear):
                if (before < 1) != (after < 1):
                    share = math.log(before) / (math.log(before) - math.log(after))
                    first, second = (a, b) if before < 1 else (b, a)
                    found.append((first, second, x * (y / x) ** share))
        return sorted(found, key=lambda crossing: crossing[2])

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all."""
        scratch = path.with_suffix(".partial")
        scratch.write_text(json.dumps(asdict(self), indent=1) + "\n")
        scratch.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Sweep":
        """Read what `save` wrote."""
        data = json.loads(path.read_text())
        for session in data["sessions"]:
            session["ports"] = {
                name: Figures(**figures) for name, figures in session["ports"].items()
            }
        data["sessions"] = [Session(**session) for session in data["sessions"]]
        return cls(**data)


def exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """The slope of log y over log x, by least squares; NaN for fewer than two points."""
    points = [(a, b) for a, b in zip(x, y, strict=True) if a > 0 and b > 0]
    if len(points) < 2:
        return math.nan
    logarithms = np.log(np.array(points))
    slope, _ = np.polyfit(logarithms[:, 0], logarithms[:, 1], deg=1)
    return float(slope)


def _clear(ratios: list[float]) -> float | None:
    """The ratio of two ports, if most rounds agree which of them is ahead."""
    if not ratios:
        return None
    ahead = sum(ratio < 1 for ratio in ratios) / len(ratios)
    return median(ratios) if ahead <= 0.25 or ahead >= 0.75 else None


def measure_sweep(
    kernel: str,
    size: str,
    dimension: str,
    values: Sequence[float],
    ports: Sequence[str] = (),
    *,
    progress: Callable[[str, int, int, str], None] = lambda size, done, total, what: None,
    **conditions: Any,
) -> Sweep:
    """One session a value, in ascending order; `conditions` are those of `measure`.

    `progress(size, done, total, what)` is called before each call of a port. Interrupted, it
    returns the sessions that are complete, if there are any.
    """
    sweep = Sweep(kernel, dimension, [], [])
    for value in sorted(values):
        changed = f"{size},{dimension}={value if value % 1 else int(value)}"
        try:
            session = measure(
                kernel, changed, ports, progress=partial(progress, changed), **conditions
            )
        except KeyboardInterrupt:
            if not sweep.sessions:
                raise
            sweep.interrupted = True
            break
        sweep.values.append(value)
        sweep.sessions.append(session)
    return sweep


def table(sweep: Sweep, figure: str, as_text: Callable[[float], str]) -> Table:
    """A row a port, a column a value, and the exponent of the law that fits best."""
    result = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("port", *(f"{value:g}" for value in sweep.values), "grows as"):
        result.add_column(name, justify="left" if name == "port" else "right", no_wrap=True)
    for port in sweep.ports():
        curve = dict(zip(*sweep.curve(port, figure), strict=True))
        cells = [as_text(curve[value]) if value in curve else "-" for value in sweep.values]
        power = sweep.exponent(port, figure)
        result.add_row(port, *cells, "-" if math.isnan(power) else f"^{power:.2f}")
    return result


MARKERS = "os^DvP*X"


def draw(
    sweep: Sweep, file: IO[bytes] | Path, form: str, *, unit: str = "", dark: bool = False
) -> None:
    """Time of each port over the dimension, both on log scales, with the fitted exponents."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams |= {"svg.hashsalt": "portstudy", "font.size": 10}
    from matplotlib import pyplot as plt

    ink, paper = ("#e6edf3", "#0d1117") if dark else ("#1f2328", "#ffffff")
    canvas, axes = plt.subplots(figsize=(8.2, 5.0), facecolor=paper)
    axes.set_facecolor(paper)
    spec = find_kernel(sweep.kernel)
    seen: dict[str, int] = {}
    ends = []
    for port in sweep.ports():
        library = spec.library(port)
        x, y = sweep.curve(port)
        shade = seen[library] = seen.get(library, -1) + 1
        axes.plot(
            x, y, marker=MARKERS[shade % len(MARKERS)], color=COLOURS.get(library, OTHER),
            linestyle=("-", "--", ":", "-.")[shade % 4], markersize=5, linewidth=1.6,
        )  # fmt: skip
        power = sweep.exponent(port)
        ends.append((math.log(y[-1]), x[-1], f"{port} ^{power:.2f}", COLOURS.get(library, OTHER)))
    if sweep.limit()[0]:
        x, y = sweep.limit()
        axes.plot(x, y, color=ink, alpha=0.6, linewidth=1, linestyle=(0, (1, 1)))
        ends.append((math.log(y[-1]), x[-1], "limit of this machine", ink))
    axes.set_xscale("log")
    axes.set_yscale("log")
    # Names at the ends of the lines, moved apart where lines end close to each other.
    low, high = (math.log(y) for y in axes.get_ylim())
    gap, last = 0.052 * (high - low), -math.inf
    for height, end, text, colour in sorted(ends):
        last = max(height, last + gap)
        axes.annotate(
            text, (end, math.exp(height)), (1.02, (last - low) / (high - low)),
            textcoords="axes fraction", color=colour, fontsize=8.5, va="center",
            family="monospace", annotation_clip=False,
        )  # fmt: skip
    axes.set_xticks(sweep.values, [f"{value:g}" for value in sweep.values])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(lambda value, _: duration(value))
    axes.set_xlabel(f"{sweep.dimension}{', ' + unit if unit else ''} (log scale)", color=ink)
    axes.set_ylabel("time of one call (log scale)", color=ink)
    session = sweep.sessions[0]
    axes.set_title(
        f"{spec.name} over {sweep.dimension}: {session.dtype}, {session.device}, "
        f"threads: {session.threads}",
        color=ink, loc="left", fontsize=11,
    )  # fmt: skip
    axes.tick_params(colors=ink, which="both")
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(ink)
    axes.grid(color=ink, alpha=0.12)
    canvas.tight_layout()
    canvas.savefig(
        file, format=form, dpi=150, bbox_inches="tight",
        metadata={"Date": None} if form == "svg" else None,
    )  # fmt: skip
    plt.close(canvas)
