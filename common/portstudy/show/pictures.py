"""What a kernel computes, drawn: in the terminal, or as a picture in a file.

A kernel that has something to see has a `picture.py` beside its spec:

    SIZE = "small,neurons=200"                            # what is run, if nothing else is said
    def panels(port, arguments) -> list[Panel]: ...       # run the port; say what to draw

A panel is what it is about and what is in it; how it is drawn is decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from portstudy.checkout import IMPLEMENTATIONS
from portstudy.find import find_kernel
from portstudy.importing import import_file
from portstudy.kernel import Kernel, Port
from portstudy.names import Target, UnknownName
from portstudy.show.theme import LIGHT, Theme, canvas

# What is nearest to each colour of a palette, among those that every terminal has.
NAMES = ("blue", "red", "green", "magenta", "yellow", "cyan", "bright_black", "white")


@dataclass(frozen=True)
class Mark:
    """A line through points, or the points themselves."""

    x: Any  # (points,)
    y: Any  # (points,)
    label: str = ""
    line: bool = True
    colour: int = 0
    """Its place in the palette."""


@dataclass(frozen=True)
class Panel:
    """One pair of axes."""

    title: str
    x_label: str
    y_label: str
    marks: Sequence[Mark]
    height: float = 1.0
    """In a column of panels, relative to the others."""
    equal: bool = False
    """Is a unit as long on both axes?"""


def raster(spikes: np.ndarray, dt: float, neurons: int = 10**9) -> Panel:
    """Who fires when: spikes (steps, neurons), of so many neurons at most, spread evenly."""
    number = spikes.shape[1]
    shown = np.linspace(0, number - 1, min(neurons, number)).astype(int)
    step, place = np.nonzero(spikes[:, shown])
    title = f"{len(step):,} spikes of {len(shown):,} neurons"
    return Panel(
        title, "time, ms", "neuron", [Mark(step * dt, shown[place], line=False)], height=1.6
    )


def population_rate(spikes: np.ndarray, dt: float, width: float) -> Panel:
    """Spikes per neuron and second, all neurons together, in bins of `width` ms."""
    steps = round(width / dt)
    bins = len(spikes) // steps
    rate = spikes[: bins * steps].reshape(bins, -1).mean(axis=1) / (dt * 1e-3)
    mean = spikes.mean() / (dt * 1e-3)
    return Panel(
        f"population rate, {mean:.1f} Hz on average",
        "time, ms",
        "Hz",
        [Mark((np.arange(bins) + 0.5) * steps * dt, rate)],
    )


def rates(spikes: np.ndarray, dt: float) -> Panel:
    """How many neurons fire at which rate."""
    # In bins of a whole number of spikes: rates of a short run are multiples of its inverse.
    each = spikes.sum(axis=0)
    spikes_a_bin = max(1, -(-int(np.ptp(each) + 1) // 40))
    edges = np.arange(each.min(), each.max() + spikes_a_bin + 1, spikes_a_bin) - 0.5
    number, _ = np.histogram(each, edges)
    hertz = 1 / (len(spikes) * dt * 1e-3)
    rate, edges = each * hertz, edges * hertz
    return Panel(
        f"rates of single neurons, {rate.min():.1f} to {rate.max():.1f} Hz",
        "Hz",
        "neurons",
        [Mark(np.repeat(edges, 2)[1:-1], np.repeat(number, 2))],
    )


def picture_of(kernel: Kernel) -> Any:
    """The module that says what is to be seen. Raises UnknownName where a kernel has none."""
    path = kernel.folder / "picture.py"
    if not path.is_file():
        have = sorted(x.parent.name for x in IMPLEMENTATIONS.glob("*/picture.py"))
        raise UnknownName(
            f"kernel {kernel.name!r}: it has no picture.py; allowed: one, beside its spec.py "
            f"(see portstudy.show.pictures); those that have one: {', '.join(have)}"
        )
    return import_file(path)


def run(port: Port, size: str) -> list[Panel]:
    """Run a port at this size; what there is to see."""
    picture = picture_of(port.kernel)
    arguments = port.kernel.make_inputs(size, port.backend.dtype, dyadic=False)
    return picture.panels(port, arguments)


def default_size(kernel: Target) -> str:
    """The size that a kernel is shown at, if nothing else is said."""
    return picture_of(find_kernel(kernel)).SIZE


def as_text(panels: Sequence[Panel], width: int, *, colours: bool) -> str:
    """The panels one below the other, in braille dots."""
    import plotille

    def write(value: float, chars: int, delta: float, left: bool = False) -> str:
        digits = max(0, 2 - int(np.floor(np.log10(delta)))) if delta > 0 else 0
        text = f"{value:.{min(digits, 6)}f}"
        return text.ljust(chars) if left else text.rjust(chars)

    parts = []
    for panel in panels:
        figure = plotille.Figure()
        # The numbers take 13 columns; the axis has a mark every ten, and its name behind them.
        figure.width = max(20, (width - len(f"-> ({panel.x_label})") - 14) // 10 * 10)
        figure.height = round(10 * panel.height)
        figure.origin = False
        figure.with_colors, figure.color_mode = colours, "names"
        figure.register_label_formatter(float, write)
        figure.x_label, figure.y_label = panel.x_label, panel.y_label
        for mark in panel.marks:
            draw = figure.plot if mark.line else figure.scatter
            name = NAMES[mark.colour % len(NAMES)] if colours else None
            x, y = (np.asarray(values, dtype=float).tolist() for values in (mark.x, mark.y))
            draw(x, y, lc=name)
        for axis, (low, high) in _limits(panel).items():
            getattr(figure, f"set_{axis}_limits")(low, high)
        drawn = [line.rstrip() for line in figure.show().splitlines()]
        labels = [f"{_swatch(mark, colours)} {mark.label}" for mark in panel.marks if mark.label]
        number = max(1, width // (6 + max(map(len, labels), default=0)))
        rows = ["   ".join(labels[i : i + number]) for i in range(0, len(labels), number)]
        parts.append("\n".join([panel.title, *rows, *drawn]))
    return "\n\n".join(parts) + "\n"


def _swatch(mark: Mark, colours: bool) -> str:
    import plotille

    sign = "⠤⠤" if mark.line else "⠄⠂"
    return plotille.color(sign, fg=NAMES[mark.colour % len(NAMES)]) if colours else sign


def _limits(panel: Panel) -> dict[str, tuple[float, float]]:
    """From the least to the greatest value; never without width."""
    limits = {}
    for axis in ("x", "y"):
        values = np.concatenate([np.ravel(getattr(mark, axis)) for mark in panel.marks])
        values = values[np.isfinite(values)]
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        limits[axis] = (low, high) if high > low else (low - 0.5, high + 0.5)
    return limits


def draw(
    panels: Sequence[Panel], title: str, file: IO[bytes], form: str, theme: Theme = LIGHT
) -> None:
    """The panels as a picture, one below the other."""
    heights = [panel.height for panel in panels]
    with canvas(
        file, theme, form, len(panels), font_size=11, height_ratios=heights,
        figsize=(9, 0.9 + 2.3 * sum(heights)),
    ) as (figure, rows):  # fmt: skip
        for panel, axes in zip(panels, rows[:, 0], strict=True):
            for mark in panel.marks:
                colour = theme.palette[mark.colour % len(theme.palette)]
                label = mark.label or None
                if mark.line:
                    axes.plot(mark.x, mark.y, color=colour, linewidth=1.4, label=label)
                else:
                    # The more points, the smaller: a raster of ten thousand spikes stays one.
                    size = float(np.clip(3000 / max(1, len(mark.x)), 1.0, 9.0))
                    axes.scatter(mark.x, mark.y, s=size, color=colour, linewidths=0, label=label)
            axes.set_title(panel.title, fontsize=11)
            axes.set_xlabel(panel.x_label)
            axes.set_ylabel(panel.y_label)
            if panel.equal:
                axes.set_aspect("equal", adjustable="datalim")
            if any(mark.label for mark in panel.marks):
                axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), markerscale=3)
            axes.margins(x=0.01)
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13)
