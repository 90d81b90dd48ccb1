"""A session as a picture."""

import textwrap
from typing import IO, Any

from portstudy.find import find_kernel
from portstudy.measure.session import Session
from portstudy.show.table import caption, rows
from portstudy.show.text import duration, factor
from portstudy.show.theme import LIGHT, canvas, name_rows


def draw(sessions: list[Session], file: IO[bytes], form: str) -> None:
    """Time of each port on a log scale, with its first call: a panel for each session."""
    shown = [[row for row in rows(s) if row["samples"]][::-1] for s in sessions]
    heights = [1.5 + max(2, len(lines)) for lines in shown]
    with canvas(
        file, LIGHT, form, len(sessions), sharex=True, font_size=12, dpi=200,
        figsize=(10.5, 0.42 * sum(heights) + 0.9), height_ratios=heights,
    ) as (figure, panels):  # fmt: skip
        figure.get_layout_engine().set(h_pad=0.12, w_pad=0.12)
        for session, lines, axes in zip(sessions, shown, panels[:, 0], strict=True):
            _panel(session, lines, axes)
        seen = [value for axes in panels[:, 0] for line in axes.lines for value in line.get_xdata()]
        if seen:  # room for the numbers on both sides
            axes.set_xlim(min(seen) / 6, max(seen) * 5)
        gain = f"×: times as fast as {sessions[0].reference}"
        axes.set_xlabel(f"time of one call, log scale; {gain}")
        library = find_kernel(sessions[0].kernel).library
        _legend(figure, {library(row["port"]) for lines in shown for row in lines})


def _legend(figure: Any, libraries: set[str]) -> None:
    from matplotlib.lines import Line2D

    marks = [
        Line2D([], [], marker="o", ls="", ms=10, color=LIGHT.library(name), label=name)
        for name in sorted(libraries)
    ]
    marks.append(
        Line2D([], [], marker="|", ls="", ms=14, mew=2.5, color=LIGHT.ink, label="its first call")
    )
    figure.legend(
        handles=marks, loc="outside lower center", ncols=len(marks), fontsize=11,
        handletextpad=0.2, columnspacing=1.4,
    )  # fmt: skip


def _panel(session: Session, lines: list[dict[str, Any]], axes: Any) -> None:
    def write(text: str, x: float, y: int, side: int, ink: str) -> None:
        axes.annotate(
            text, (x, y), (12 * side, 0), textcoords="offset points", va="center", color=ink,
            ha="left" if side > 0 else "right", fontsize=11, zorder=2,
            bbox={"facecolor": LIGHT.paper, "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip

    spec = find_kernel(session.kernel)
    name_rows(axes, [row["port"] for row in lines], bold=session.reference)
    for y, row in enumerate(lines):
        colour = LIGHT.library(spec.library(row["port"]))
        both = steady, first = row["steady_seconds"], row["first_call_seconds"]
        axes.plot(both, (y, y), color=colour, alpha=0.35, linewidth=3, zorder=3)
        axes.plot(steady, y, "o", color=colour, markersize=12, zorder=4)
        axes.plot(first, y, "|", color=LIGHT.ink, markersize=16, markeredgewidth=2.5, zorder=5)
        write(duration(steady), min(both), y, -1, LIGHT.ink)
        if row["port"] != session.reference:
            write(f"{factor(1 / row['ratio'])}×", max(both), y, 1, LIGHT.faint)
    axes.set_xscale("log")
    if session.limit:
        least = min(session.limit)
        axes.plot([least] * 2, [-0.7, len(lines) - 0.3], "--", color=LIGHT.faint, lw=1.3, zorder=1)
        # On the side where there is room: the slowest port, in the last line, is to the right.
        first = all(least < row["steady_seconds"] for row in lines)
        axes.annotate(
            "the machine's limit", (least, -0.6), (4 if first else -4, 0),
            textcoords="offset points", color=LIGHT.faint, fontsize=10, va="bottom",
            ha="left" if first else "right",
        )  # fmt: skip
    axes.xaxis.set_major_formatter(lambda seconds, _: duration(seconds))
    axes.tick_params(labelbottom=True)
    axes.set_ylim(-0.7, max(2, len(lines)) - 0.3)
    sizes = ", ".join(
        f"{_number(value)} {name}" for name, value in spec.shape(session.size).items()
    )
    where = f"{session.dtype}, {session.device}, threads: {session.threads}; {caption(session)}"
    wrapped = textwrap.wrap(where, 112)
    axes.set_title(
        f"{spec.name}, {session.size}" + (f": {sizes}" if sizes else ""),
        fontsize=15, fontweight="bold", pad=14 + 12 * len(wrapped),
    )  # fmt: skip
    axes.annotate(
        "\n".join(wrapped), (0, 1), (0, 10), xycoords="axes fraction", textcoords="offset points",
        color=LIGHT.faint, fontsize=9, annotation_clip=False,
    )  # fmt: skip


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
