"""Numbers as text."""

import math

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


def times(ratio: float) -> str:
    """A factor, to two digits."""
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.2g}×"
