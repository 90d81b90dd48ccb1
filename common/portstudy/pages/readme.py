"""The README's and the notes' tables, diffs and pictures, from the recorded results and the ports.

python -m portstudy.pages.readme    draws the pictures in light and in dark; `make notes` does
"""

import difflib
from pathlib import Path
from statistics import median

from portstudy.find import find_kernel, kernels
from portstudy.history.results import LIBRARIES
from portstudy.pages.lessons import NOTES
from portstudy.pages.recorded import Comparison, Result, read, recorded
from portstudy.show.text import calls, duration, markdown_table, times
from portstudy.show.theme import THEMES, Theme, canvas, footnote, name_rows


def table(kernel: str, size: str) -> str:
    """Ports side by side, as Markdown for a note, the fastest first."""
    found = recorded(kernel, size)
    rows = [
        [
            link(r), r.kernel.summary(r.port) if r.exists else "", duration(r.seconds),
            "1" if r.is_reference else times(r.gain), duration(r.first_call),
            "–" if r.is_reference else calls(r.break_even),
        ]
        for r in found
    ]  # fmt: skip
    headings = ["port", "what it changes", "time", "gain", "first call", "break-even"]
    return f"{markdown_table(headings, rows, 'llrrrr')}\n\n*{found.caption}.*"


def link(result: Result) -> str:
    """A port's name, as Markdown for a note that leads to its file."""
    return f"[`{result.port}`](../{result.file})"


def gain(kernel: str, size: str, a: str, b: str) -> str:
    """What going from port a to port b gains, in steady state."""
    found = recorded(kernel, size)
    return times(found[a].ratio / found[b].ratio)


def caption(kernel: str, size: str) -> str:
    """Where, how and with what that was measured."""
    return f"*{recorded(kernel, size).caption}.*"


def diff(kernel: str, a: str, b: str) -> str:
    """The diff between two ports, as Markdown."""
    path = find_kernel(kernel).path
    before, after = (path(port).read_text(encoding="utf-8").splitlines() for port in (a, b))
    names = (f"{kernel}/{a}.py", f"{kernel}/{b}.py")
    delta = difflib.unified_diff(before, after, *names, n=1, lineterm="")
    return "\n".join(["```diff", *delta, "```"])


def best() -> dict[str, dict[str, Result]]:
    """Of each recorded kernel, the fastest port of each framework."""
    return {
        found.name: {name: top for name in LIBRARIES if (top := found.best_of(name))}
        for found in read().everything()
    }


def winners() -> str:
    """How often each framework is the fastest, and in which kernels."""
    wins: dict[str, list[str]] = {name: [] for name in LIBRARIES}
    for kernel, tops in best().items():
        wins[max(tops, key=lambda name: tops[name].gain)].append(f"`{kernel}`")
    rows = [
        [name, str(len(where)), ", ".join(where)]
        for name, where in sorted(wins.items(), key=lambda pair: -len(pair[1]))
    ]
    return markdown_table(["the fastest is", "in", "namely"], rows, "lrl")


def draw(found: Comparison, path: Path, theme: Theme) -> None:
    """Time of each port, on a log scale."""
    shown = found.results[::-1]
    steady, first = ([getattr(r, what) for r in shown] for what in ("seconds", "first_call"))
    ports = [result.port for result in shown]
    with canvas(path, theme, figsize=(8.2, 0.34 * len(ports) + 1.7)) as (figure, ((axes,),)):
        axes.barh(ports, steady, color=[theme.library(r.library) for r in shown], height=0.66)
        axes.scatter(first, ports, marker="|", s=90, color=theme.ink, zorder=3)
        for row, seconds in enumerate(steady):
            axes.annotate(
                duration(seconds), (seconds, row), (-5, 0), textcoords="offset points", ha="right",
                va="center", color=theme.paper, fontsize=8.5, fontweight="bold",
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_xlim(min(steady) / 8, 2 * max(steady + first))
        axes.xaxis.set_major_formatter(lambda seconds, _: duration(seconds))
        axes.set_xlabel("time of one call (log scale): bar, steady state; |, first call")
        shape = found.kernel.sizes[found.size].items()
        sizes = ", ".join(f"{value:,} {name}" for name, value in shape)
        axes.set_title(f"{found.name}: {sizes}, every port proven equal")
        name_rows(axes, ports, bold=found.kernel.reference_at(found.size))
        footnote(figure, found.caption)


def draw_choices(path: Path, theme: Theme) -> None:
    """Each framework's best port of each kernel: its gain over the NumPy reference."""
    found = best()
    gains = {kernel: [top.gain for top in tops.values()] for kernel, tops in found.items()}
    order = sorted(found, key=lambda kernel: max(gains[kernel]))
    with canvas(path, theme, figsize=(8.2, 0.3 * len(order) + 1.3)) as (_, ((axes,),)):
        for row, kernel in enumerate(order):
            ends = [min(gains[kernel]), max(gains[kernel])]
            axes.plot(ends, [row, row], color=theme.ink, alpha=0.25, zorder=1)
            top = max(found[kernel].values(), key=lambda result: result.gain)
            axes.annotate(
                top.port, (top.gain, row), (9, 0), textcoords="offset points", va="center",
                fontsize=7.5, family="monospace",
            )  # fmt: skip
        for marker, name in zip("os^D", LIBRARIES, strict=True):
            rows = [row for row, kernel in enumerate(order) if name in found[kernel]]
            axes.plot(
                [found[order[row]][name].gain for row in rows], rows, marker, markersize=6.5,
                color=theme.library(name), label=name, linestyle="", zorder=2,
            )  # fmt: skip
        axes.axvline(1, color=theme.ink, linewidth=0.8, alpha=0.6)
        axes.set_xscale("log")
        axes.set_xlim(right=axes.get_xlim()[1] * 12)
        axes.set_ylim(-0.7, len(order) - 0.3)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
        axes.set_xlabel("times as fast as the NumPy reference (log scale)")
        name_rows(axes, order, size=9)
        axes.legend(loc="lower right", ncols=1, handletextpad=0.2)


ROWS = {
    "numba": "Numba",
    "jax": "JAX",
    "torch": "PyTorch",
    "numpy": "NumPy, rewritten",
    "library": "a library call",
}
"""The rows of the README's answer."""


def frameworks() -> str:
    """The answer in five rows: how often each framework wins, what it gains and what it costs.

    Counted is each framework's best port of each kernel, compared with the reference. A library
    call is one of the kernel's peers, or a port in a library that is not a framework, like SciPy.
    """
    compared = read().everything()
    best: dict[str, list[Result]] = {row: [] for row in ROWS}
    for found in compared:
        fastest: dict[str, Result] = {}
        for result in found:
            ours = result.library in ROWS and result.port not in found.kernel.peers
            if result.exists and not result.is_reference:
                fastest.setdefault(result.library if ours else "library", result)
        for row, result in fastest.items():
            best[row].append(result)
    winners = [found.best for found in compared]
    rows = [
        [
            name, str(sum(result in winners for result in best[row])),
            f"{sum(result.gain > 1 for result in best[row])} of {len(best[row])}",
            times(median(result.gain for result in best[row])),
            f"{median(result.lines for result in best[row]):.0f}",
            calls(median(result.break_even for result in best[row])),
        ]
        for row, name in ROWS.items()
    ]  # fmt: skip
    headings = [
        "", "fastest in", "faster than NumPy in", "gain", "lines changed", "calls to break even",
    ]  # fmt: skip
    unbeaten = sum(result.is_reference for result in winners)
    ports = sum(len(find_kernel(kernel).ports()) for kernel in kernels())
    conditions = dict.fromkeys(run.conditions for found in compared for run in found.runs)
    kinds = f"{len(kernels())} kernels (in {unbeaten} of them nothing beats the reference)"
    counted = f"{kinds}, {ports} ports"
    return f"{markdown_table(headings, rows, 'lrrrrr')}\n\n*{counted}. {'; '.join(conditions)}.*"


if __name__ == "__main__":
    for theme in THEMES:
        draw(recorded("lif", "small"), NOTES / f"lif-{theme.name}.svg", theme)
        draw_choices(NOTES / f"choices-{theme.name}.svg", theme)
