"""The report's charts: SVG of our own, small enough to stand in the page itself.

Ink is the page's own (`currentColor`), so a chart is light or dark as the page is; a framework has
a colour and a shape, so neither is needed to tell two apart. All are as wide as a phone's page.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from portstudy.measure.sweep import Sweep
from portstudy.pages.lif_study import Roofline, Step
from portstudy.show.text import duration, times

WIDTH = 460

SHAPES = {
    "numpy": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "jax": "M-3.6-3.6h7.2v7.2h-7.2z",
    "numba": "M0-4.6l4.6 8.2h-9.2z",
    "torch": "M0-4.8l4.4 4.8l-4.4 4.8l-4.4-4.8z",
    "other": "M-4-1.4h2.6v-2.6h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6z",
}
"""Circle, square, triangle, diamond, cross: of a framework's points."""


class Point(NamedTuple):
    """A point of a chart, and what is told of it."""

    x: float
    y: float
    framework: str
    name: str


class Line(NamedTuple):
    """A line of a chart: its points, and what stands at its end."""

    x: Sequence[float]
    y: Sequence[float]
    framework: str
    name: str


def framework(port: str) -> str:
    """The key of a port's colour and shape."""
    library = port.split("_", 1)[0]
    return library if library in SHAPES else "other"


class Scale(NamedTuple):
    """Logarithms from one range of values to one of the page."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where a value is."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Powers of ten; on a short axis 2 and 5 times those as well."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        decades = math.log10(self.high / self.low)
        factors = (1, 2, 5) if decades < 1.5 else (1, 3) if decades < 3 else (1,)
        step = 1 if decades < 7 else 2
        values = [f * 10.0**p for p in powers if p % step == 0 for f in factors]
        return [value for value in values if self.low <= value * 1.001 and value <= self.high]


def scale(values: Iterable[float], start: float, end: float, room: float = 1.3) -> Scale:
    """A scale on which these values, which must be positive, have some room on both sides."""
    found = list(values)
    return Scale(min(found) / room, max(found) * room, start, end)


def text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    """A line of text."""
    given = (f' text-anchor="{anchor}"' if anchor != "start" else "") + (
        f' class="{kind}"' if kind else ""
    )
    return f'<text x="{x:.0f}" y="{y:.0f}"{given}>{escape(words)}</text>'


def mark(point: Point, x: Scale, y: Scale) -> str:
    """A framework's shape, with a name that shows when it is pointed at."""
    return (
        f'<use href="#m-{point.framework}" class="{point.framework}" x="{x(point.x):.1f}" '
        f'y="{y(point.y):.1f}"><title>{escape(point.name)}</title></use>'
    )


def shapes() -> str:
    """The shapes that all charts of the page use."""
    found = "".join(f'<path id="m-{name}" d="{path}"/>' for name, path in SHAPES.items())
    return f'<svg width="0" height="0" aria-hidden="true" class="defs"><defs>{found}</defs></svg>'


def whole(name: str, height: int, title: str, parts: Iterable[str]) -> str:
    """The SVG with its alternative text."""
    return (
        f'<svg id="{name}" class="chart" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def axes(
    x: Scale,
    y: Scale,
    labels: tuple[str, str],
    writes: tuple[Callable[[float], str], Callable[[float], str]],
) -> list[str]:
    """Grid, ticks and what is drawn: the label of y stands above it, where it can be read."""
    parts = []
    for value in x.ticks():
        at = x(value)
        parts.append(f'<path class="grid" d="M{at:.1f} {y.start:.0f}V{y.end:.0f}"/>')
        parts.append(text(at, y.start + 15, writes[0](value), "middle"))
    for value in y.ticks():
        at = y(value)
        parts.append(f'<path class="grid" d="M{x.start:.0f} {at:.1f}H{x.end:.0f}"/>')
        parts.append(text(x.start - 6, at + 4, writes[1](value), "end"))
    parts.append(text((x.start + x.end) / 2, y.start + 32, labels[0], "middle"))
    parts.append(text(4, y.end - 9, labels[1]))
    return parts


def spread(heights: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Where labels stand that want to be at these heights: in their order, none over another."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    placed = [0.0] * len(heights)
    last = low - apart
    for i in order:
        last = placed[i] = max(heights[i], last + apart)
    limit = high
    for i in reversed(order):  # what was pushed out below comes back up
        limit = placed[i] = min(placed[i], limit)
        limit -= apart
    return placed


def growth(name: str, title: str, x_label: str, sweep: Sweep, exponents: Mapping[str, str]) -> str:
    """Time over the size of a problem, both as logarithms; names at the ends of the lines."""
    shown = [Line(*sweep.curve(port), framework(port), port) for port in exponents]
    if len(sweep.limit()[0]) > 1:
        shown.append(Line(*sweep.limit(), "limit", "limit"))
    height, right = 300, WIDTH - 142
    x = scale((v for line in shown for v in line.x), 62, right, 1.0)
    y = scale((v for line in shown for v in line.y), height - 40, 30)
    parts = axes(x, y, (x_label, "time of one call"), (lambda v: f"{v:,.10g}", duration))
    ends = spread([y(line.y[-1]) for line in shown], 14, 34, height - 44)
    for line, at in zip(shown, ends, strict=True):
        points = [f"{x(a):.1f} {y(b):.1f}" for a, b in zip(line.x, line.y, strict=True)]
        kind = f"line {line.framework}"
        parts.append(f'<path class="{kind}" d="M{"L".join(points)}"/>')
        if line.framework in SHAPES:
            parts += [
                mark(Point(a, b, line.framework, f"{line.name}: {duration(b)}"), x, y)
                for a, b in zip(line.x, line.y, strict=True)
            ]
        end = x(line.x[-1])
        parts.append(
            f'<path class="lead" d="M{end + 5:.0f} {y(line.y[-1]):.0f}L{right + 12} {at:.0f}"/>'
        )
        parts.append(text(right + 15, at + 4, line.name, kind="code"))
    words = "; ".join(f"{port} as the power {power}" for port, power in exponents.items())
    return whole(name, height, f"{title}. {words}", parts)


def bought(name: str, title: str, points: Sequence[Point]) -> str:
    """Gain over lines of code that differ: a point for each port."""
    height = 340
    x = scale((p.x for p in points), 52, WIDTH - 12, 1.15)
    y = scale([*(p.y for p in points), 1], height - 40, 46)
    parts = axes(
        x, y, ("lines of code changed", "times as fast as the NumPy reference"),
        (lambda v: f"{v:g}", times),
    )  # fmt: skip
    parts.append(f'<path class="one" d="M{x.start} {y(1):.1f}H{x.end}"/>')
    parts += [mark(point, x, y) for point in points]
    parts.append(text(x.start + 3, y(1) + 14, "NumPy", kind="faint halo"))
    parts += legend(16, [p.framework for p in points])
    return whole(name, height, title, parts)


FULL = {
    "numpy": "NumPy", "jax": "JAX", "numba": "Numba", "torch": "PyTorch", "other": "ready-made"
}  # fmt: skip


def legend(at: float, named: Iterable[str]) -> list[str]:
    """Which shape is whose."""
    there = set(named)
    parts, x = [], 10.0
    for name in (name for name in SHAPES if name in there):
        parts.append(f'<use href="#m-{name}" class="{name}" x="{x:.0f}" y="{at - 4}"/>')
        parts.append(text(x + 9, at, FULL[name]))
        x += 28 + 7.4 * len(FULL[name])
    return parts


def ladder(name: str, title: str, steps: Sequence[Step]) -> str:
    """Each step from the time before it to its own: to the left is faster."""
    row, top = 44, 14
    height = top + row * len(steps) + 34
    x = scale((step.seconds for step in steps), 12, WIDTH - 12, 1.25)
    parts = []
    for value in x.ticks():
        at = x(value)
        parts.append(f'<path class="grid" d="M{at:.1f} {top}V{height - 36}"/>')
        parts.append(text(at, height - 20, duration(value), "middle"))
    parts.append(text(WIDTH / 2, height - 4, "time of one call: to the left is faster", "middle"))
    for i, step in enumerate(steps):
        y = top + row * i + 30
        before = x(steps[max(0, i - 1)].seconds)
        now = x(step.seconds)
        if i:
            kind = "faster" if now <= before else "slower"
            left, wide = min(now, before), max(2, abs(now - before))
            parts.append(
                f'<rect class="{kind}" x="{left:.1f}" y="{y - 6}" width="{wide:.1f}" height="12"/>'
            )
            parts.append(f'<path class="lead" d="M{before:.1f} {y - 38}V{y - 6}"/>')
        parts.append(mark(Point(step.seconds, 1, framework(step.after), step.after), x, _level(y)))
        words = f"{step.after} {duration(step.seconds)}"
        if step.before:
            words += f" · {times(step.factor)} · {step.why.partition(':')[0]}"
        parts.append(text(12, y - 12, words, kind="halo"))
    return whole(name, height, title, parts)


def _level(y: float) -> Scale:
    """A scale on which 1 is at this height."""
    return Scale(1, 10, y, y + 1)


def roofline(name: str, title: str, roof: Roofline) -> str:
    """Operations per second over operations per byte, under what this machine can do."""
    _, bandwidths, peak, intensity, limit, ports = roof
    height, right = 430, WIDTH - 8
    lowest = min(rate for _, rate in ports)
    x = Scale(intensity / 10, peak / min(rate for _, rate in bandwidths) * 12, 60, right)
    y = Scale(lowest / 1.5, peak * 1.6, height - 40, 34)
    parts = axes(
        x, y, ("additions and multiplications per byte", "operations per second"),
        (lambda v: f"{v:g}", lambda v: f"{v / 1e9:g} G"),
    )  # fmt: skip
    for label, rate in bandwidths:
        low = max(x.low, y.low / rate)
        ridge = peak / rate
        if ridge <= low:
            continue
        parts.append(
            f'<path class="roof" d="M{x(low):.1f} {y(low * rate):.1f}'
            f'L{x(ridge):.1f} {y(peak):.1f}H{right}"/>'
        )
        angle = math.degrees(math.atan2(y(peak) - y(low * rate), x(ridge) - x(low)))
        at = f"translate({x(low) + 4:.1f} {y(low * rate) - 4:.1f}) rotate({angle:.1f})"
        words = escape(f"{label} {rate / 1e9:.0f} GB/s")
        parts.append(f'<text class="faint" transform="{at}">{words}</text>')
    parts.append(text(right, y(peak) - 5, f"peak {peak / 1e9:.0f} GFLOP/s", "end", "faint"))
    here = x(intensity)
    parts.append(f'<path class="limit" d="M{here - 9:.1f} {y(limit):.1f}h18"/>')
    labels = [("limit of this network", limit), *ports]
    ends = spread([y(rate) for _, rate in labels], 14.5, 60, height - 46)
    for (port, rate), ends_at in zip(labels, ends, strict=True):
        aside = here + 60
        parts.append(
            f'<path class="lead" d="M{here + 6:.1f} {y(rate):.1f}L{aside:.0f} {ends_at:.1f}"/>'
        )
        kind = "halo" if port == labels[0][0] else "code halo"
        parts.append(text(aside + 3, ends_at + 4, port, kind=kind))
        if port != labels[0][0]:
            what = f"{port}: {rate / 1e9:.3g} billion operations per second"
            parts.append(mark(Point(intensity, rate, framework(port), what), x, y))
    return whole(name, height, title, parts)
