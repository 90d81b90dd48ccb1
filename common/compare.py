"""A session as a reader wants it: a table, Markdown, CSV, JSON, a picture.

What `portstudy compare` prints and writes; `make bench` prints the same table.
"""

import ast
import csv
import difflib
import fnmatch
import io
import json
import math
import os
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import IO, Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from common.backends import Backend
from common.kernel import find_kernel, one_of
from common.measure import Figures, Session, measure

# Okabe and Ito's palette, which colour-blind readers can tell apart.
COLOURS = {
    "numpy": "#0072B2", "jax": "#D55E00", "numba": "#009E73", "torch": "#CC79A7",
    "scipy": "#56B4E9", "sklearn": "#E69F00", "diffrax": "#8C6D1F",
}  # fmt: skip
OTHER = "#666666"
PICTURES = (".png", ".svg", ".pdf")


def match(what: str, pattern: str, names: Iterable[str], where: str = "") -> list[str]:
    """The names that a pattern names, `*` for any; UnknownName where there is none."""
    names = list(names)
    return fnmatch.filter(names, pattern) or [one_of(what, pattern, names, where)]


def measure_with_progress(
    console: Console, kernel: str, size: str, ports: Sequence[str], **conditions: Any
) -> Session:
    """Measure behind a progress bar on a terminal, and with a line for each port elsewhere."""
    what = f"{find_kernel(kernel).name} {size}"
    bar = Progress(
        TextColumn(what), BarColumn(), TextColumn("{task.description}"),
        TimeElapsedColumn(), console=console, transient=console.is_terminal,
        disable=not console.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task("")
        last = ""

        def show(done: int, total: int, now: str) -> None:
            nonlocal last
            bar.update(task, completed=done, total=total, description=now)
            line = now if now.startswith("proving") else now.partition(":")[0]
            if not console.is_terminal and line != last:
                console.print(f"{what}: {line}", highlight=False, soft_wrap=True)
            last = line

        return measure(kernel, size, ports, **conditions, progress=show)


# What a session says of a port


def rows(session: Session) -> list[dict[str, Any]]:
    """All figures of each port, the fastest first; nan where there is none.

    `break_even_calls` is infinite where the port never gets ahead of the reference.
    """

    def order(figures: Figures) -> float:
        return figures.steady_seconds if figures.samples else math.inf

    spec = find_kernel(session.kernel)
    before = spec.path(session.reference)
    result = []
    for figures in sorted(session.ports.values(), key=order):
        row = dict.fromkeys(COLUMNS, math.nan)
        if figures.port in spec.ports():  # not in an old record
            row["changed_lines"] = changed_lines(before, spec.path(figures.port))
        if figures.samples:  # no number without a proof
            steady = figures.steady_seconds
            row |= {
                "steady_seconds": steady,
                "spread": (max(figures.samples) - min(figures.samples)) / steady,
                "ratio": session.relative(figures.port),
                "share_of_limit": session.share(figures.port) if session.limit else math.nan,
                "first_call_seconds": figures.first_call_seconds,
                "break_even_calls": session.break_even(figures.port),
                "largest_error_ulps": figures.largest_error,
                "compile_seconds": figures.compile_seconds,
                "peak_bytes": figures.peak_bytes,
                "put_seconds": figures.put_seconds,
                "get_seconds": figures.get_seconds,
            }
        named = {"port": figures.port, "status": figures.status, "reason": figures.reason}
        result.append(named | row | {"samples": figures.samples})
    return result


def files_of(port: Path) -> list[Path]:
    """A port's own file, behind those that it shares with other ports (`_*.py`)."""
    files = [port]
    for path in files:  # which grows
        imports = r"(?m)^from \.(?:\.(\w+)\.)?(_\w+) import"
        for kernel, name in re.findall(imports, path.read_text(encoding="utf-8")):
            folder = path.parents[1] / kernel if kernel else path.parent
            if (shared := folder / f"{name}.py").is_file() and shared not in files:
                files.append(shared)
    return files[::-1]


def code_of(port: Path) -> list[str]:
    """The lines of a port's files, without docstrings, blank ones, and what makes its inputs."""
    return [line for path in files_of(port) for line in _code_of_file(path)]


def _code_of_file(path: Path) -> list[str]:
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    body = ast.parse(source).body
    left_out: list[ast.stmt] = [
        node for node in body if isinstance(node, ast.FunctionDef) and node.name == "inputs"
    ]
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        left_out.append(body[0])
    for node in left_out:
        for i in range(node.lineno - 1, node.end_lineno or node.lineno):
            lines[i] = ""
    return [line.rstrip() for line in lines if line.strip()]


def changed_lines(before: Path, after: Path) -> int:
    """How many lines of code differ: a line that is another one counts once."""
    delta = difflib.SequenceMatcher(None, code_of(before), code_of(after), autojunk=False)
    return sum(max(b - a, d - c) for tag, a, b, c, d in delta.get_opcodes() if tag != "equal")


# Numbers as text


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}" if seconds < 1000 else f"{seconds:.0f} s"
    return f"{seconds * 1e9:.3g} ns"


def memory(size: float) -> str:
    """Three digits and a unit."""
    for unit in ("B", "KiB", "MiB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} GiB"


def percent(share: float) -> str:
    """Two digits, or all before the point."""
    return f"{share:.0%}" if share >= 0.1 else f"{100 * share:.2g}%"


def factor(ratio: float) -> str:
    """Three digits, or all before the point."""
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"


def _calls(number: float) -> str:
    return "never" if number == math.inf else f"{number:,.0f}"


COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "steady_seconds": ("time", duration),
    "spread": ("spread", percent),
    "ratio": ("ratio", lambda x: f"{x:.3g}"),
    "share_of_limit": ("limit", percent),
    "first_call_seconds": ("first call", duration),
    "break_even_calls": ("break-even", _calls),
    "largest_error_ulps": ("ulps", lambda x: f"{x:.3g}"),
    "compile_seconds": ("compile", duration),
    "peak_bytes": ("memory", memory),
    "changed_lines": ("lines", lambda x: f"{x:.0f}"),
    "put_seconds": ("put", duration),
    "get_seconds": ("get", duration),
}
"""Heading of each figure and how it is written, from left to right."""

# In a narrow window the last of these goes first.
IMPORTANT = (
    "steady_seconds", "ratio", "first_call_seconds", "break_even_calls", "largest_error_ulps",
    "share_of_limit", "spread", "changed_lines", "peak_bytes", "compile_seconds", "put_seconds",
    "get_seconds",
)  # fmt: skip


def _cells(session: Session) -> tuple[list[str], list[list[str]]]:
    """Headings, and the text of every cell: all columns."""
    table = []
    for row in rows(session):
        texts = [row["port"]]
        for name, (_, write) in COLUMNS.items():
            # That the reference pays off against itself says nothing.
            empty = row[name] != row[name] or (
                row["port"] == session.reference and name in ("break_even_calls", "changed_lines")
            )
            texts.append("-" if empty else write(row[name]))
        if row["status"] != "measured" or not row["samples"]:
            texts[1:] = [row["status"]] + [""] * (len(COLUMNS) - 1)
        table.append(texts)
    headings = ["port", *(heading for heading, _ in COLUMNS.values())]
    # A figure that no port has says nothing: the limit where no spec says what work there is.
    kept = [i for i in range(len(headings)) if any(texts[i] not in ("-", "") for texts in table)]
    return [headings[i] for i in kept], [[texts[i] for i in kept] for texts in table]


def _fitting(headings: list[str], cells: list[list[str]], width: int) -> list[int]:
    """The columns for which there is room, from left to right; the name and the time always."""
    widths = [max(map(len, column)) + 2 for column in zip(headings, *cells, strict=True)]
    kept = [0]
    for heading in (COLUMNS[name][0] for name in IMPORTANT):
        if heading not in headings:
            continue
        column = headings.index(heading)
        if sum(widths[i] for i in [*kept, column]) > width and len(kept) > 1:
            break
        kept.append(column)
    return sorted(kept)


def table(session: Session, width: int = 80) -> Table:
    """The ports side by side, the fastest first, in as many columns as the width has room for."""
    headings, cells = _cells(session)
    kept = _fitting(headings, cells, width)
    result = Table(
        title=Text(title(session)), title_justify="left", box=box.SIMPLE_HEAD,
        pad_edge=False, padding=(0, 1, 0, 0),
    )  # fmt: skip
    for i in kept:
        justify: Any = "left" if i == 0 else "right"
        result.add_column(headings[i], justify=justify, no_wrap=True, overflow="ellipsis")
    for texts in cells:
        figures = session.ports[texts[0]]
        style = "" if figures.samples else "dim"
        if figures.port == session.reference and figures.samples:
            style = "bold"
        result.add_row(*(Text(texts[i]) for i in kept), style=style)
    return result


def hidden(session: Session, width: int) -> list[str]:
    """The headings of the columns for which there is no room."""
    headings, cells = _cells(session)
    kept = _fitting(headings, cells, width)
    return [heading for i, heading in enumerate(headings) if i not in kept]


def title(session: Session) -> str:
    """What was measured, and how often."""
    rounds = len(session.ports[session.reference].samples)
    return (
        f"{find_kernel(session.kernel).name}, {session.size}: {session.dtype}, {session.device}, "
        f"threads: {session.threads}, {rounds} round{'' if rounds == 1 else 's'}"
    )


def remarks(session: Session) -> list[str]:
    """What a reader of the table must know: the proof, and why a port has no figures."""
    ports = session.ports.values()
    measured = [f for f in ports if f.samples]
    reasons = [f"{f.port}: {f.status}: {f.reason}" for f in ports if not f.samples]
    if not measured:
        return reasons
    spec = find_kernel(session.kernel)
    libraries = {f.port: spec.backend(f.port) for f in measured}
    apart = [port for port, library in libraries.items() if library.rounds_elsewhere]
    own = [port for port, lib in libraries.items() if lib.own_seconds is not Backend.own_seconds]
    how = "bit for bit" if session.bits else "within the tolerances of the spec"
    if spec.measures_rounding:
        how = "within rounding"
    if session.bits and apart:
        how += f" ({', '.join(apart)}: within the tolerances of the spec)"
    proof = (
        f"Proof: {len(measured)} ports, {max(f.values for f in measured):,} values "
        f"each, equal {how} to {session.reference} on the arguments that were timed."
    )
    lines = [
        proof if len(measured) > 1 else f"Proof: none, since only {measured[0].port} was measured.",
        f"time: median of the rounds; ratio: to {session.reference}, round by round; break-even: "
        "calls after which the first one, with all compiling, has paid.",
    ]
    lines.append(
        f"ulps: largest error; lines: of code that differ from {session.reference}; memory: what "
        "two calls took at most; put, get: arguments to the device, results back."
    )
    if spec.measures_rounding:
        lines.append(
            f"rounding: what it may do was measured, in runs of {session.reference} on inputs "
            "moved in their last place, and in float32."
        )
    if own:
        lines.append(
            f"time of {', '.join(own)}: what the library says its loop over the steps took; "
            "building the network and moving it there and back are left out, in its favour."
        )
    if session.limit:
        lines.append(
            f"limit: share of {duration(min(session.limit))}, which the bytes and operations of "
            "the result take at this machine's measured bandwidth and peak."
        )
        if any(session.share(f.port) > 1.05 for f in measured):
            lines.append("A share above 100%: the machine was busy while its limit was measured.")
    for peer in spec.peers:
        if peer in session.ports and session.ports[peer].samples:
            best = min(measured, key=lambda f: f.steady_seconds)
            ratio = factor(median(session.ratios(peer, best.port)))
            lines.append(f"{best.port} is {ratio} times as fast as {peer}, round by round.")
    return lines + reasons


def verdict(session: Session) -> str:
    """The answer in one sentence; "" where there is nothing to compare."""
    measured = [f for f in session.ports.values() if f.samples]
    if len(measured) < 2:
        return ""
    best = min(measured, key=lambda f: f.steady_seconds)
    if best.port == session.reference:
        return f"Nothing is faster than {best.port}."
    calls = session.break_even(best.port)
    equal = session.bits or best.largest_error == 0
    how = "to the bit" if equal else f"within {factor(best.largest_error)} ulps"
    paid = "from the first call on" if calls == 1 else f"after {calls:,.0f} calls"
    gain = factor(1 / session.relative(best.port))
    return (
        f"{best.port} is {gain} times as fast as {session.reference}, equal {how}, "
        f"and has paid {paid}."
    )


# Files


def write_whole(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a file whole or not at all."""
    path = path.resolve()  # a link stays one
    scratch = path.with_name(f".{path.name}.partial")
    try:
        with scratch.open("wb") as file:
            write(file)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def unwritable(path: Path) -> str:
    """Why no file can be written there; "" where one can."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        return f"{path} is {'a folder' if path.is_dir() else 'no file'}"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    if path.exists() and not os.access(path, os.W_OK):
        return f"{path} is not to be written"
    try:
        write_whole(path.with_name(f".{path.name}.try"), lambda file: None)
        path.with_name(f".{path.name}.try").unlink()
    except OSError as error:
        return str(error)
    return ""


def as_json(sessions: list[Session]) -> str:
    """All of it. null where a figure is not known, or the break-even is never."""

    def finite(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    from common.machine import processor, versions

    result = {
        "processor": processor(),
        "versions": versions(),
        "comparisons": [
            {
                **_conditions(session),
                "shape": dict(find_kernel(session.kernel).shape(session.size)),
                "reference": session.reference,
                "compared": "to the bit" if session.bits else "within the tolerances of the spec",
                "python": session.python,
                "processors": session.processors,
                "limit_seconds": min(session.limit, default=None),
                "ports": [{k: finite(v) for k, v in row.items()} for row in rows(session)],
            }
            for session in sessions
        ],
    }
    return json.dumps(result, indent=1, allow_nan=False) + "\n"


def _conditions(session: Session) -> dict[str, str]:
    names = ("size", "dtype", "device", "threads")
    return {"kernel": find_kernel(session.kernel).name} | {n: getattr(session, n) for n in names}


def as_csv(sessions: list[Session]) -> str:
    """A line for each port of each comparison; empty where a figure is not known."""
    lines = [
        _conditions(session) | {k: "" if v != v else v for k, v in row.items() if k != "samples"}
        for session in sessions
        for row in rows(session)
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def as_markdown(sessions: list[Session]) -> str:
    """The tables, with all columns, and the remarks."""
    parts = []
    for session in sessions:
        headings, cells = _cells(session)
        lines = [f"**{title(session)}**", "", f"| {' | '.join(headings)} |"]
        lines.append("|---|" + "---:|" * (len(headings) - 1))
        lines += [f"| `{name}` | {' | '.join(texts)} |" for name, *texts in cells]
        notes = [verdict(session), *remarks(session), caption(session)]
        lines += ["", *(f"- {note}" for note in notes if note)]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def caption(session: Session) -> str:
    """On what machine and with what versions."""
    from common.machine import processor

    library = find_kernel(session.kernel).library
    versions = {
        library(f.port): f.version for f in session.ports.values() if f.samples and f.version
    }
    names = {f.device_name for f in session.ports.values()} - {"", "cpu"}
    device = f" and {', '.join(sorted(names))}" if session.device != "cpu" and names else ""
    software = [f"{name} {version}" for name, version in versions.items()]
    return (
        f"{processor()}, {session.processors} cores{device}; "
        f"{', '.join([f'Python {session.python}', *software])}"
    )


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
