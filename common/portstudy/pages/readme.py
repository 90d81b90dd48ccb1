"""The README's table, diff and picture, from the recorded results and the ports' files.

python -m portstudy.pages.readme    draws the picture in light and in dark; `make notes` runs it and cog
"""

import contextlib
import difflib
from pathlib import Path

from portstudy.backends import library_of
from portstudy.checkout import ROOT
from portstudy.find import find_kernel, kernels
from portstudy.history.results import Recorded, newest
from portstudy.show.text import duration, times
from portstudy.show.theme import COLOURS, OTHER


def table(kernel: str, size: str) -> str:
    """Ports side by side, as Markdown, the fastest first."""
    recorded = newest(kernel, size)
    spec = find_kernel(kernel)
    steady, ratio, first, even = (
        recorded.figures(name)
        for name in ("steady_state", "relative_time", "first_call", "break_even")
    )
    rows = [
        "| port | what it changes | time | gain | first call | break-even |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for port in sorted(steady, key=lambda port: steady[port]):
        link = f"[`{port}`](implementations/{kernel}/{port}.py)"
        if port == spec.reference_at(size):
            gain, calls = "1", "–"
        else:
            gain = times(1 / ratio[port])
            calls = f"{even[port]:.0f}" if port in even else "never"
        rows.append(
            f"| {link} | {spec.summary(port)} | {duration(steady[port])} | {gain} "
            f"| {duration(first[port])} | {calls} |"
        )
    return "\n".join([*rows, "", f"*{recorded.caption}.*"])


def shown(kernel: str) -> Recorded | None:
    """What the overview shows: size `large`, or else the first that is recorded."""
    for size in ("large", *find_kernel(kernel).sizes):
        with contextlib.suppress(FileNotFoundError):
            return newest(kernel, size)
    return None


def overview() -> str:
    """Every kernel: what it computes, how many ports it has, and the fastest where recorded."""
    rows = [
        "| kernel | computes | ports | size | fastest | gain | over the peer | of the limit |",
        "|---|---|---:|---|---|---:|---|---:|",
    ]
    for kernel in kernels():
        spec = find_kernel(kernel)
        what = (spec.folder / "spec.py").read_text(encoding="utf-8").lstrip('"').split("\n", 1)[0]
        figures = [""] * 5
        if recorded := shown(kernel):
            ratio = recorded.figures("relative_time")
            port = min(ratio, key=lambda port: ratio[port])
            peers = {peer: recorded.figures(f"time_over_{peer}") for peer in spec.peers}
            limit = recorded.figures("time_over_limit")
            figures = [
                recorded.size,
                f"[`{port}`](implementations/{kernel}/{port}.py)",
                times(1 / ratio[port]),
                ", ".join(
                    f"{times(1 / against[port])} `{peer}`"
                    for peer, against in peers.items()
                    if port in against
                ),
                f"{1 / limit[port]:.0%}" if port in limit else "",
            ]
        link = f"[`{kernel}`](implementations/{kernel}/spec.py)"
        rows.append(f"| {link} | {what} | {len(spec.ports())} | {' | '.join(figures)} |")
    return "\n".join(rows)


def gain(kernel: str, size: str, a: str, b: str) -> str:
    """What going from port a to port b gains, in steady state."""
    ratio = newest(kernel, size).figures("relative_time")
    return times(ratio[a] / ratio[b])


def diff(kernel: str, a: str, b: str) -> str:
    """The diff between two ports, as Markdown."""
    folder = find_kernel(kernel).folder
    before, after = ((folder / f"{port}.py").read_text().splitlines() for port in (a, b))
    names = (f"{kernel}/{a}.py", f"{kernel}/{b}.py")
    delta = difflib.unified_diff(before, after, *names, n=1, lineterm="")
    return "\n".join(["```diff", *delta, "```"])


def draw(kernel: str, size: str, folder: Path) -> None:
    """Time of each port, on a log scale, in light and in dark."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "portstudy", "font.family": "sans-serif", "font.size": 10}
    from matplotlib import pyplot as plt

    recorded = newest(kernel, size)
    spec = find_kernel(kernel)
    steady, first = recorded.figures("steady_state"), recorded.figures("first_call")
    ports = sorted(steady, key=lambda port: -steady[port])
    shape = spec.sizes[size]
    for theme, ink, paper in (("light", "#1f2328", "#ffffff"), ("dark", "#e6edf3", "#0d1117")):
        figure, axes = plt.subplots(figsize=(8.2, 0.34 * len(ports) + 1.7), facecolor=paper)
        axes.set_facecolor(paper)
        colours = [COLOURS.get(library_of(port), OTHER) for port in ports]
        axes.barh(ports, [steady[p] for p in ports], color=colours, height=0.66)
        axes.scatter(
            [first[p] for p in ports], ports, marker="|", s=90, color=ink, zorder=3,
            label="first call, with all compiling",
        )  # fmt: skip
        for row, port in enumerate(ports):
            axes.annotate(
                duration(steady[port]), (steady[port], row), (-5, 0), textcoords="offset points",
                ha="right", va="center", color="white", fontsize=8.5, fontweight="bold",
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_xlim(min(steady.values()) / 8, 2 * max(*steady.values(), *first.values()))
        axes.xaxis.set_major_formatter(lambda seconds, _: duration(seconds))
        axes.set_xlabel("time of one run (log scale): bar, steady state; |, first call", color=ink)
        axes.set_title(
            f"{kernel}: {', '.join(f'{value:,} {name}' for name, value in shape.items())}, "
            "every port proven equal",
            color=ink, loc="left", fontsize=11,
        )  # fmt: skip
        axes.tick_params(colors=ink, which="both", left=False)
        for label, port in zip(axes.get_yticklabels(), ports, strict=True):
            label.set_fontfamily("monospace")
            label.set_fontweight("bold" if port == spec.reference_at(size) else "normal")
        for side, spine in axes.spines.items():
            spine.set_visible(side == "bottom")
            spine.set_color(ink)
        axes.grid(axis="x", color=ink, alpha=0.15, zorder=0)
        axes.set_axisbelow(True)
        figure.text(0.01, 0.01, recorded.caption, color=ink, fontsize=6.5, alpha=0.8)
        figure.tight_layout(rect=(0, 0.03, 1, 1))
        figure.savefig(folder / f"{kernel}-{theme}.svg", metadata={"Date": None})
        plt.close(figure)


FRAMEWORKS = ("numpy", "jax", "numba", "torch")


def best() -> dict[str, dict[str, tuple[str, float]]]:
    """Of each recorded kernel, each framework's fastest port and its gain over the reference."""
    found = {}
    for kernel in kernels():
        if recorded := shown(kernel):
            ratio = recorded.figures("relative_time")
            found[kernel] = {
                name: (port := min(ports, key=lambda p: ratio[p]), 1 / ratio[port])
                for name in FRAMEWORKS
                if (ports := [p for p in ratio if library_of(p) == name])
            }
    return found


def winners() -> str:
    """How often each framework is the fastest, and in which kernels."""
    wins: dict[str, list[str]] = {name: [] for name in FRAMEWORKS}
    for kernel, ports in best().items():
        gains = {name: gained for name, (_, gained) in ports.items()}
        wins[max(gains, key=lambda name: gains[name])].append(f"`{kernel}`")
    rows = ["| the fastest is | in | namely |", "|---|---:|---|"]
    for name, where in sorted(wins.items(), key=lambda pair: -len(pair[1])):
        rows.append(f"| {name} | {len(where)} | {', '.join(where)} |")
    return "\n".join(rows)


def draw_choices(folder: Path) -> None:
    """Each framework's best port of each kernel: its gain over the NumPy reference."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "portstudy", "font.family": "sans-serif", "font.size": 10}
    from matplotlib import pyplot as plt

    found = best()
    order = sorted(found, key=lambda kernel: max(gained for _, gained in found[kernel].values()))
    for theme, ink, paper in (("light", "#1f2328", "#ffffff"), ("dark", "#e6edf3", "#0d1117")):
        figure, axes = plt.subplots(figsize=(8.2, 0.3 * len(order) + 1.3), facecolor=paper)
        axes.set_facecolor(paper)
        for row, kernel in enumerate(order):
            gains = [gained for _, gained in found[kernel].values()]
            axes.plot([min(gains), max(gains)], [row, row], color=ink, alpha=0.25, zorder=1)
            port, most = max(found[kernel].values(), key=lambda pair: pair[1])
            axes.annotate(
                port, (most, row), (9, 0), textcoords="offset points", va="center", color=ink,
                fontsize=7.5, family="monospace",
            )  # fmt: skip
        for marker, name in zip("os^D", FRAMEWORKS, strict=True):
            rows = [row for row, kernel in enumerate(order) if name in found[kernel]]
            axes.plot(
                [found[order[row]][name][1] for row in rows], rows, marker, color=COLOURS[name],
                markersize=6.5, label=name, linestyle="", zorder=2,
            )  # fmt: skip
        axes.axvline(1, color=ink, linewidth=0.8, alpha=0.6)
        axes.set_xscale("log")
        axes.set_xlim(right=axes.get_xlim()[1] * 12)
        axes.set_yticks(range(len(order)), order, fontfamily="monospace", fontsize=9)
        axes.set_ylim(-0.7, len(order) - 0.3)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
        axes.set_xlabel("times as fast as the NumPy reference (log scale)", color=ink)
        axes.tick_params(colors=ink, which="both", left=False)
        for side, spine in axes.spines.items():
            spine.set_visible(side == "bottom")
            spine.set_color(ink)
        axes.grid(axis="x", color=ink, alpha=0.12)
        axes.legend(loc="lower right", frameon=False, labelcolor=ink, ncols=1, handletextpad=0.2)
        figure.tight_layout()
        figure.savefig(folder / f"choices-{theme}.svg", metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    draw("lif", "small", ROOT / "notes")
    draw_choices(ROOT / "notes")
