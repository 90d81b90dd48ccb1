"""A session as a picture."""

import textwrap
from typing import IO, Any

from portstudy.find import find_kernel
from portstudy.measure.session import Session
from portstudy.show.table import caption, rows
from portstudy.show.text import duration, factor
from portstudy.show.theme import COLOURS, OTHER

INK, FAINT = "#1f2328", "#6e7781"


def draw(sessions: list[Session], file: IO[bytes], form: str) -> None:
    """Time of each port on a log scale, with its first call: a panel for each session."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt
    from matplotlib.lines import Line2D

    mpl.rcParams |= {"font.family": "sans-serif", "font.size": 12}
    shown = [[row for row in rows(s) if row["samples"]][::-1] for s in sessions]
    heights = [1.5 + max(2, len(lines)) for lines in shown]
    figure, panels = plt.subplots(
        len(sessions), squeeze=False, sharex=True, layout="constrained",
        figsize=(10.5, 0.42 * sum(heights) + 0.9), height_ratios=heights,
    )  # fmt: skip
    figure.get_layout_engine().set(h_pad=0.12, w_pad=0.12)
    for session, lines, axes in zip(sessions, shown, panels[:, 0], strict=True):
        _panel(session, lines, axes)
    seen = [value for axes in panels[:, 0] for line in axes.lines for value in line.get_xdata()]
    if seen:  # room for the numbers on both sides
        axes.set_xlim(min(seen) / 6, max(seen) * 5)
    gain = f"×: as fast as {sessions[0].reference}"
    axes.set_xlabel(f"time of one call, log scale; {gain}", color=INK)
    library = find_kernel(sessions[0].kernel).library
    libraries = dict.fromkeys(library(row["port"]) for lines in shown for row in lines)
    marks = [
        Line2D([], [], marker="o", ls="", ms=10, color=COLOURS.get(name, OTHER), label=name)
        for name in sorted(libraries)
    ]
    marks.append(
        Line2D([], [], marker="|", ls="", ms=14, mew=2.5, color=INK, label="its first call")
    )
    figure.legend(
        handles=marks, loc="outside lower center", ncols=len(marks), frameon=False, fontsize=11,
        handletextpad=0.2, columnspacing=1.4,
    )  # fmt: skip
    figure.savefig(file, format=form, dpi=200, facecolor="white")
    plt.close(figure)


def _panel(session: Session, lines: list[dict[str, Any]], axes: Any) -> None:
    def write(text: str, x: float, y: int, side: int, ink: str) -> None:
        axes.annotate(
            text, (x, y), (12 * side, 0), textcoords="offset points", va="center", color=ink,
            ha="left" if side > 0 else "right", fontsize=11, zorder=2,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip

    spec = find_kernel(session.kernel)
    for y, row in enumerate(lines):
        shade = COLOURS.get(spec.library(row["port"]), OTHER)
        both = steady, first = row["steady_seconds"], row["first_call_seconds"]
        axes.plot(both, (y, y), color=shade, alpha=0.35, linewidth=3, zorder=3)
        axes.plot(steady, y, "o", color=shade, markersize=12, zorder=4)
        axes.plot(first, y, "|", color=INK, markersize=16, markeredgewidth=2.5, zorder=5)
        write(duration(steady).replace("us", "µs"), min(both), y, -1, INK)
        if row["port"] != session.reference:
            write(f"{factor(1 / row['ratio'])}×", max(both), y, 1, FAINT)
    axes.set_xscale("log")
    if session.limit:
        least = min(session.limit)
        axes.plot([least, least], [-0.7, len(lines) - 0.3], "--", color=FAINT, lw=1.3, zorder=1)
        # On the side where there is room: the slowest port, in the last line, is to the right.
        first = all(least < row["steady_seconds"] for row in lines)
        axes.annotate(
            "the machine's limit", (least, -0.6), (4 if first else -4, 0),
            textcoords="offset points", color=FAINT, fontsize=10, va="bottom",
            ha="left" if first else "right",
        )  # fmt: skip
    axes.xaxis.set_major_formatter(lambda seconds, _: duration(seconds).replace("us", "µs"))
    axes.set_yticks(range(len(lines)), [row["port"] for row in lines], fontfamily="monospace")
    axes.set_ylim(-0.7, max(2, len(lines)) - 0.3)
    for label, row in zip(axes.get_yticklabels(), lines, strict=True):
        label.set_fontweight("bold" if row["port"] == session.reference else "normal")
    shape = spec.shape(session.size)
    sizes = ", ".join(f"{_number(value)} {name}" for name, value in shape.items())
    where = f"{session.dtype}, {session.device}, threads: {session.threads}; {caption(session)}"
    wrapped = textwrap.wrap(where, 112)
    axes.set_title(
        f"{spec.name}, {session.size}" + (f": {sizes}" if sizes else ""),
        loc="left", color=INK, fontsize=15, fontweight="bold", pad=14 + 12 * len(wrapped),
    )  # fmt: skip
    axes.annotate(
        "\n".join(wrapped), (0, 1), (0, 10), xycoords="axes fraction", textcoords="offset points",
        color=FAINT, fontsize=9, annotation_clip=False,
    )  # fmt: skip
    axes.tick_params(which="both", left=False, colors=INK, labelbottom=True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
    axes.grid(axis="x", color="#d0d7de", linewidth=0.8)
    axes.set_axisbelow(True)


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
