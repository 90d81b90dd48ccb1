"""A sweep as a table and as a picture: how time and memory grow."""

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import IO

from rich import box
from rich.table import Table

from portstudy.find import find_kernel
from portstudy.measure.sweep import Sweep
from portstudy.show.text import duration, power
from portstudy.show.theme import LIGHT, Theme, canvas


def table(sweep: Sweep, figure: str, as_text: Callable[[float], str]) -> Table:
    """A row a port, a column a value, and the exponent of the law that fits best."""
    result = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("port", *(f"{value:g}" for value in sweep.values), "grows as"):
        result.add_column(name, justify="left" if name == "port" else "right", no_wrap=True)
    for port in sweep.ports():
        curve = dict(zip(*sweep.curve(port, figure), strict=True))
        cells = [as_text(curve[value]) if value in curve else "-" for value in sweep.values]
        grows = sweep.exponent(port, figure)
        result.add_row(port, *cells, "-" if math.isnan(grows) else f"^{power(grows)}")
    return result


MARKERS = "os^DvP*X"


def draw(
    sweep: Sweep, file: IO[bytes] | Path, form: str, theme: Theme = LIGHT, *, unit: str = ""
) -> None:
    """Time of each port over the dimension, both on log scales, with the fitted exponents."""
    with canvas(file, theme, form, figsize=(8.8, 5.0)) as (_, ((axes,),)):
        spec = find_kernel(sweep.kernel)
        seen: Counter[str] = Counter()
        ends = []
        for port in sweep.ports():
            library, (x, y) = spec.library(port), sweep.curve(port)
            colour, shade = theme.library(library), seen[library]
            seen[library] += 1
            axes.plot(
                x, y, marker=MARKERS[shade % len(MARKERS)], color=colour,
                linestyle=("-", "--", ":", "-.")[shade % 4], markersize=5, linewidth=1.6,
            )  # fmt: skip
            ends.append((math.log(y[-1]), x[-1], f"{port} ^{power(sweep.exponent(port))}", colour))
        if sweep.limit()[0]:
            x, y = sweep.limit()
            axes.plot(x, y, color=theme.ink, alpha=0.6, linewidth=1, linestyle=(0, (1, 1)))
            ends.append((math.log(y[-1]), x[-1], "limit of this machine", theme.ink))
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
        axes.set_xticks(sweep.values, [f"{value:,g}" for value in sweep.values])
        axes.minorticks_off()
        axes.yaxis.set_major_formatter(lambda value, _: duration(value))
        axes.set_xlabel(f"{sweep.dimension}{', ' + unit if unit else ''} (log scale)")
        axes.set_ylabel("time of one call (log scale)")
        session = sweep.sessions[0]
        axes.set_title(
            f"{spec.name} over {sweep.dimension}: {session.dtype}, "
            f"{session.device}, threads: {session.threads}"
        )
