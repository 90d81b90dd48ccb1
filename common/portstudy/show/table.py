"""A session as a table in a terminal: numbers, a sentence, and what a reader must know."""

import math
from collections.abc import Callable
from statistics import median
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from portstudy.backends.base import Backend
from portstudy.find import find_kernel
from portstudy.functions import Functions
from portstudy.measure.session import Figures, Session
from portstudy.show.console import print_line, print_table
from portstudy.show.lines import changed_lines
from portstudy.show.text import calls, digits, duration, factor, memory, percent, plural
from portstudy.show.where import hint

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
                "import_seconds": figures.import_seconds,
            }
        named = {"port": figures.port, "status": figures.status, "reason": figures.reason}
        result.append(named | row | {"samples": figures.samples})
    return result


COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "steady_seconds": ("time", duration),
    "spread": ("spread", percent),
    "ratio": ("ratio", digits),
    "share_of_limit": ("limit", percent),
    "first_call_seconds": ("first call", duration),
    "break_even_calls": ("break-even", calls),
    "largest_error_ulps": ("ulps", digits),
    "compile_seconds": ("compile", duration),
    "peak_bytes": ("memory", memory),
    "changed_lines": ("lines", lambda x: f"{x:.0f}"),
    "put_seconds": ("put", duration),
    "get_seconds": ("get", duration),
    "import_seconds": ("import", duration),
}
"""Heading of each figure and how it is written, from left to right."""


# In a narrow window the last of these goes first.
IMPORTANT = (
    "steady_seconds", "ratio", "first_call_seconds", "break_even_calls", "largest_error_ulps",
    "share_of_limit", "spread", "changed_lines", "peak_bytes", "compile_seconds", "put_seconds",
    "get_seconds", "import_seconds",
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
        f"threads: {session.threads}, {plural(rounds, 'round')}"
    )


def remarks(session: Session) -> list[str]:
    """What a reader of the table must know: the proof, and why a port has no numbers."""
    ports = session.ports.values()
    measured = [f for f in ports if f.samples]
    reasons = [f"{f.port}: {f.status}: {f.reason}" for f in ports if not f.samples]
    spec = find_kernel(session.kernel)
    reasons += [hint(spec, f.port) for f in ports if f.status == "different"]
    if not measured:
        return reasons
    libraries = {f.port: spec.backend(f.port) for f in measured}
    apart = [port for port, library in libraries.items() if library.rounds_elsewhere]
    own = [port for port, lib in libraries.items() if lib.own_seconds is not Backend.own_seconds]
    how = "bit for bit" if session.bits else "within the tolerances of the spec"
    if isinstance(spec, Functions):
        how = "within rounding"
    if session.bits and apart:
        how += f" ({', '.join(apart)}: within the tolerances of the spec)"
    proof = (
        f"Proof: {len(measured)} ports, {max(f.values for f in measured):,} values "
        f"each, equal {how} to {session.reference} on the arguments that were timed."
    )
    lines = [
        proof if len(measured) > 1 else f"Proof: none, since only {measured[0].port} was measured.",
        f"time: median over the rounds; ratio: to {session.reference}, round by round; break-even: "
        "the number of calls after which the port is ahead, its first call included.",
    ]
    lines.append(
        f"ulps: largest error; lines: of code that differ from {session.reference}; memory: the "
        "most that two calls took; put, get: arguments to the device, results back; import: of the "
        "library and the port, in a new process."
    )
    if isinstance(spec, Functions):
        seen = max(f.resolution for f in measured)
        lines.append(
            "within rounding: as it is measured by running both in float64 and in float32; an "
            f"error above {seen:.1g} of an output's size would have been seen."
        )
    lines += [f"{figures.note}." for figures in measured if figures.note]
    if own:
        lines.append(
            f"time of {', '.join(own)}: the loop over the steps alone, as the library reports it; "
            "building the network and moving data are left out, in its favour."
        )
    lines += _limit(session)
    for peer in spec.peers:
        if peer in session.ports and session.ports[peer].samples:
            best = min(measured, key=lambda f: f.steady_seconds)
            ratio = factor(median(session.ratios(peer, best.port)))
            lines.append(f"{best.port} is {ratio} times as fast as {peer}, round by round.")
    return lines + reasons


def _limit(session: Session) -> list[str]:
    """What the limit is and what bounds it; or why there is none."""
    bound = session.bound
    if not session.limit:
        return [f"No limit: {bound.reason}."] if bound.reason else []
    if math.isnan(bound.moving):  # an old record
        by = "the time that the bytes and operations of the result take at this machine's rates"
    elif bound.moving >= bound.computing:
        rate = bound.bytes / bound.moving
        by = f"bound by memory traffic ({memory(bound.bytes)} in and out at {memory(rate)}/s)"
    else:
        count = ("at least " if bound.unseen else "") + f"{bound.operations:.3g} operations"
        count += f" of {bound.counted}" if bound.counted else ""
        rate = bound.operations / bound.computing / 1e9
        by = f"bound by arithmetic ({count} at {rate:.3g} GFLOP/s)"
    lines = [f"limit: {duration(min(session.limit))}, {by}, as a share of each time."]
    if bound.reason:
        lines.append(f"limit: arithmetic is left out: {bound.reason}.")
    if bound.unseen:
        lines.append(f"limit: {', '.join(bound.unseen)} counted as one operation for each value.")
    if any(session.share(figures.port) > 1.05 for figures in session.ports.values()):
        why = "the machine was busy while its limit was measured"
        if isinstance(find_kernel(session.kernel), Functions):
            why += ", or the port does less: it leaves some of its arguments unread"
            why += f", or computes less than {bound.counted}" if bound.counted else ""
        lines.append(f"A share above 100%: {why}.")
    return lines


def verdict(session: Session) -> str:
    """The answer in one sentence; "" where there is nothing to compare."""
    measured = [f for f in session.ports.values() if f.samples]
    if len(measured) < 2:
        return ""
    best = min(measured, key=lambda f: session.relative(f.port))
    if session.relative(best.port) >= 1:
        spec = find_kernel(session.kernel)
        turns = ""
        if isinstance(spec, Functions) and (sizes := [*spec.sizes["default"]]):
            files = " ".join(path.name for path in spec.files.values())
            turns = f" At other sizes? `portstudy scale {files} --over {sizes[0]} ...` shows."
        return f"Nothing is faster than {session.reference}.{turns}"
    number = session.break_even(best.port)
    equal = best.largest_error == 0
    how = "equal to the bit" if equal else f"equal within {factor(best.largest_error)} ulps"
    ahead = number == 1
    even = "is ahead from the first call" if ahead else f"breaks even after {calls(number)} calls"
    gain = factor(1 / session.relative(best.port))
    return f"{best.port} is {gain} times as fast as {session.reference}, {how}, and {even}."


def caption(session: Session) -> str:
    """On what machine and with what versions."""
    from portstudy.measure.machine import processor

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


def print_session(console: Console, session: Session) -> None:
    """The table, what it says in one sentence, and what its reader must know."""
    print_table(console, table(session, console.width))
    if words := hidden(session, console.width):
        print_line(console, f"Not in {console.width} columns: {', '.join(words)}.", "dim")
    print_line(console, verdict(session), "bold")
    for line in remarks(session):
        print_line(console, line)
