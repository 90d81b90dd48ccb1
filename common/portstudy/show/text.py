"""Numbers as text, and tables as Markdown."""

import math
from collections.abc import Callable, Iterable, Sequence

UNKNOWN = "–"


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
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


def times(ratio: float) -> str:
    """A factor, to two digits: how many times as fast."""
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.2g}×"


def calls(number: float) -> str:
    """After how many calls a port breaks even."""
    return "never" if number == math.inf else known(number, "{:,.0f}".format)


def digits(value: float) -> str:
    """Three digits."""
    return f"{value:.3g}"


def power(exponent: float) -> str:
    """Two digits after the point, and no minus before a zero."""
    return f"{round(exponent, 2) + 0.0:.2f}"


def known(value: float, write: Callable[[float], str]) -> str:
    """A number as text, or a dash where there is none."""
    return UNKNOWN if math.isnan(value) else write(value)


def plural(number: int, noun: str) -> str:
    """A number of things: 1 round, 2 rounds."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]], align: str = "") -> str:
    """A table as Markdown; `align` is l or r for each column, by default lrrr: numbers right."""
    align = align or "l" + "r" * (len(headings) - 1)
    ruler = ["---" if side == "l" else "---:" for side in align]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (headings, ruler, *rows))
