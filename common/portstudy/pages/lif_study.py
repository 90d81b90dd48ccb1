"""The account of LIF: what each rung gained and what that is owed to, and how it grows.

python -m portstudy.pages.lif_study measure    sessions and sweeps, into benchmarks/lif_study: half an hour
python -m portstudy.pages.lif_study terminal   what the README shows of a terminal, of that: two minutes
python -m portstudy.pages.lif_study draw       the pictures of notes/lif.md; its tables are made by cog
"""

import io
import json
import math
import os
import sys
import textwrap
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from rich.console import Console
from rich.text import Text

from portstudy.backends import library_of
from portstudy.checkout import ROOT, git
from portstudy.find import find_kernel, load
from portstudy.history.record import measure_and_record
from portstudy.history.selection import Conditions
from portstudy.measure.machine import describe
from portstudy.measure.session import Session
from portstudy.measure.sweep import Sweep, measure_sweep
from portstudy.show.growth import draw
from portstudy.show.progress import measure_with_progress
from portstudy.show.table import print_session
from portstudy.show.text import duration
from portstudy.show.theme import COLOURS, OTHER

FOLDER = ROOT / "benchmarks" / "lif_study"


NOTES = ROOT / "notes"


LARGE = "numba_event,numba_event_fused,jax_scan,jax_scan_event,torch_scan_event,brian2_*,nest_*"


SESSIONS = [  # what `make bench` is given: selections, dtype, threads
    (["lif:small", "lif_ensemble:small"], "float64", "all"),
    (["lif:small", "lif_ensemble:small"], "float64", "1"),
    (["lif:small:numba_event*"], "float32", "1"),
    ([f"lif:large:{LARGE}"], "float64", "1"),
    (["lif_ensemble:large:numba_*"], "float64", "all"),
    (["lif_ensemble:large:numba_*"], "float64", "1"),
]


EVENT = ["numpy_event", "numba_event", "numba_event_fused", "jax_scan", "jax_scan_event"]


SWEEPS: dict[str, tuple] = {  # kernel, size, dimension, values, ports; and the dimension's unit
    "lif-neurons": (
        "lif", "small,steps=200", "neurons", [250, 500, 1000, 2000, 4000, 8000],
        EVENT, "",
    ),
    # Each process holds 2 GB of weights here, and twice as much while they are made.
    "lif-neurons-most": (
        "lif", "wide", "neurons", [16000],
        ["numpy_event", "numba_event_fused", "jax_scan_event"], "",
    ),
    "lif-rate": (
        "lif", "small,steps=1000", "rate", [0.1, 0.3, 1, 3, 10, 30, 100],
        EVENT, "Hz",
    ),
    "lif_ensemble-rate": (
        "lif_ensemble", "large,trials=64,steps=200", "rate", [1, 3, 10, 30, 100],
        ["numba_parallel", "numpy_batched", "jax_einsum"], "Hz",
    ),
}  # fmt: skip


OWN = ("examples/before.py", "examples/after.py")


TERMINAL = {  # what the README's reader sees: words, and the session they measure
    "compare lif": (
        "lif", "small",
        ["numpy_event", "numba_event", "numba_event_fused", "jax_eager", "jax_scan",
         "jax_scan_event", "torch_eager", "torch_scan_event"],
    ),
    "compare before.py after.py": (OWN, "default", []),
}  # fmt: skip


class Rung(NamedTuple):
    """A step of the ladder."""

    before: str
    after: str
    owed: str


LADDER = [
    Rung("numpy_dense", "jax_eager", "dispatch: each operation is a call into a runtime"),
    Rung("jax_eager", "jax_jit", "fusion: a step is one program, its temporaries are gone"),
    Rung("jax_jit", "jax_scan", "dispatch: the loop over the steps is compiled, too"),
    Rung("jax_scan", "jax_scan_event", "algorithm: only the rows of those that fired"),
    Rung("jax_scan_event", "numba_event", "dispatch: no runtime between the loops of a step"),
    Rung("numba_event", "numba_event_fused", "cache: one pass over the state, four rows at a time"),
]


def measure_all(console: Console) -> None:
    """Everything, into asv's results as well; what is there already is replaced piece by piece."""
    FOLDER.mkdir(exist_ok=True)
    os.environ["NUMBA_NUM_THREADS"] = "1"  # the roofline is drawn for one thread
    machine = describe() | {"commit": git("rev-parse", "--short=8", "HEAD")}
    (FOLDER / "machine.json").write_text(json.dumps(machine, indent=1) + "\n")
    for words, dtype, threads in SESSIONS:
        measure_sessions(console, words, dtype, threads)
    for name in SWEEPS:
        measure_growth(console, name)


def measure_sessions(console: Console, words: list[str], dtype: str, threads: str) -> None:
    """What `make bench` measures, kept here too."""
    measure_and_record(console, words, Conditions(dtype, threads, "cpu"), keep=FOLDER)
    for word in words:
        kernel, size = word.split(":")[:2]
        note_commit(f"{kernel}-{size}-{dtype}-{threads}")


def measure_growth(console: Console, name: str) -> None:
    """One of SWEEPS."""
    kernel, size, dimension, values, ports, _ = SWEEPS[name]
    console.print(f"{name}: {values}")
    measure_sweep(kernel, size, dimension, values, ports).save(FOLDER / f"{name}.json")
    note_commit(name)


def terminal_path(words: str) -> Path:
    """Where a session of TERMINAL is kept."""
    return FOLDER / f"terminal-{words.replace(' ', '-').replace('.py', '')}.json"


def measure_terminal(console: Console) -> None:
    """The sessions of TERMINAL."""
    os.chdir(ROOT)
    for words, (kernel, size, ports) in TERMINAL.items():
        measure_with_progress(console, kernel, size, ports).save(terminal_path(words))


def terminal(words: str) -> str:
    """A command and what it printed, as Markdown, in a window of 100 columns."""
    found = Session.load(terminal_path(words))
    ports = TERMINAL[words][2]
    printed = io.StringIO()
    print_session(Console(width=100, file=printed, force_terminal=True, no_color=True), found)
    lines = [line.rstrip() for line in Text.from_ansi(printed.getvalue()).plain.splitlines()]
    command = " ".join(["portstudy", words, *(["--port", *ports] if ports else [])])
    shown = "\n".join([*textwrap.wrap(f"$ {command}", 98, subsequent_indent="    "), *lines])
    return f"```text\n{shown}\n```"


def session(kernel: str, size: str, dtype: str = "float64", threads: str = "all") -> Session:
    """A session of the account."""
    return Session.load(FOLDER / f"{kernel}-{size}-{dtype}-{threads}.json")


def measured() -> list[tuple[str, str]]:
    """Size and threads of the sessions of `lif` in float64 that the account has."""
    return [
        (size, threads)
        for size in ("small", "large")
        for threads in ("1", "all")
        if (FOLDER / f"lif-{size}-float64-{threads}.json").exists()
    ]


def sweep(name: str) -> Sweep:
    """A sweep of the account; that over neurons with its largest network, of fewer ports."""
    found = Sweep.load(FOLDER / f"{name}.json")
    if name == "lif-neurons" and (FOLDER / "lif-neurons-most.json").exists():
        most = Sweep.load(FOLDER / "lif-neurons-most.json")
        found.values += most.values
        found.sessions += most.sessions
    return found


def note_commit(name: str) -> None:
    """Keep the commit of which a session or a sweep was measured: they are not all of one."""
    path = FOLDER / "commits.json"
    commits = json.loads(path.read_text()) if path.exists() else {}
    commits[name] = git("rev-parse", "--short=8", "HEAD")
    path.write_text(json.dumps(commits, indent=1, sort_keys=True) + "\n")


def stamp(*names: str) -> str:
    """Where, with what and of which commits; `names` are files of the account."""
    machine = json.loads((FOLDER / "machine.json").read_text())
    known = json.loads((FOLDER / "commits.json").read_text())
    commits = sorted({known.get(name, machine["commit"]) for name in names or ["machine"]})
    versions = ", ".join(
        f"{name} {machine['versions'][name]}" for name in ("numpy", "jax", "numba", "torch")
    )
    where = f"{machine['processor']}, {machine['usable_processors']} cores"
    s = "" if len(commits) == 1 else "s"
    return f"{where}; Python {machine['python']}, {versions}; commit{s} {', '.join(commits)}"


def ladder_table(size: str = "small", threads: str = "1") -> str:
    """The factor of each rung, round by round, with its quartiles; and what it is owed to."""
    found = session("lif", size, threads=threads)
    rows = ["| from | to | factor | quartiles | owed to |", "|---|---|---:|---:|---|"]
    for before, after, owed in LADDER:
        gains = found.ratios(before, after)
        low, middle, high = quantiles(gains, n=4, method="inclusive")
        rows.append(
            f"| `{before}` | `{after}` | {middle:.2g}× | {low:.2g} to {high:.2g} | {owed} |"
        )
    whole = median(found.ratios(LADDER[0].before, LADDER[-1].after))
    rows.append(f"| `{LADDER[0].before}` | `{LADDER[-1].after}` | **{whole:.3g}×** | | all of it |")
    port = LADDER[-1].after
    narrow = session("lif", size, "float32", threads).ports[port].steady_seconds
    gained = found.ports[port].steady_seconds / narrow
    rows.append(
        f"| `{port}` | the same in float32 | {gained:.2g}× | two sessions "
        "| precision: half the bytes |"
    )
    return "\n".join([*rows, "", f"*{stamp()}; threads: {threads}.*"])


def limit_table() -> str:
    """How close the best ports come to what the machine allows."""
    rows = [
        "| size | threads | port | a step | at the limit | share |",
        "|---|---|---|---:|---:|---:|",
    ]
    for size, threads in measured():
        steps = find_kernel("lif").sizes[size]["steps"]
        found = session("lif", size, threads=threads)
        for port in ("numba_event_fused", "jax_scan_event", "torch_scan_event", "brian2_cpp"):
            if port not in found.ports or not found.ports[port].samples:
                continue
            seconds = found.ports[port].steady_seconds / steps
            rows.append(
                f"| {size} | {threads} | `{port}` | {duration(seconds)} "
                f"| {duration(min(found.limit) / steps)} | {found.share(port):.0%} |"
            )
    return "\n".join([*rows, "", f"*{stamp()}.*"])


def peers_table() -> str:
    """The best port against the simulators, round by round."""
    rows = [
        "| size | threads | peer | its time a step | ours | ratio |",
        "|---|---|---|---:|---:|---:|",
    ]
    spec = find_kernel("lif")
    for size, threads in measured():
        steps = spec.sizes[size]["steps"]
        found = session("lif", size, threads=threads)
        best = min(
            (f for f in found.ports.values() if f.samples and f.port not in spec.peers),
            key=lambda figures: figures.steady_seconds,
        )
        for peer in (*spec.peers, spec.reference):
            if peer in found.ports and found.ports[peer].samples:
                ratio = median(found.ratios(peer, best.port))
                rows.append(
                    f"| {size} | {threads} | `{peer}` "
                    f"| {duration(found.ports[peer].steady_seconds / steps)} "
                    f"| `{best.port}` {duration(best.steady_seconds / steps)} | {ratio:,.3g}× |"
                )
    return "\n".join([*rows, "", f"*{stamp()}.*"])


def threads_table() -> str:
    """Many trials at once: what all threads gain over one."""
    files = [FOLDER / f"lif_ensemble-large-float64-{threads}.json" for threads in ("1", "all")]
    if not all(file.exists() for file in files):
        return "*Not measured yet: `make study`.*"
    one, more = map(Session.load, files)
    rows = [
        "| port | one thread | all threads | gain |",
        "|---|---:|---:|---:|",
    ]
    for port in sorted(one.ports, key=lambda port: one.ports[port].steady_seconds):
        before, after = one.ports[port].steady_seconds, more.ports[port].steady_seconds
        rows.append(
            f"| `{port}` | {duration(before)} | {duration(after)} | {before / after:.2g}× |"
        )
    return "\n".join([*rows, "", f"*{stamp(*(file.stem for file in files))}; two sessions.*"])


def growth(name: str) -> str:
    """The picture of a sweep, the fitted exponents, and where ports cross over."""
    if not (FOLDER / f"{name}.json").exists():
        return "*Not measured yet: `make study`.*"
    found = sweep(name)
    unit = SWEEPS[name][-1]
    rows = [picture(name, f"Time of one call over {found.dimension}, on log scales"), ""]
    rows += [f"| port | time grows as {found.dimension} to the |", "|---|---:|"]
    rows += [f"| `{port}` | {found.exponent(port):.2f} |" for port in found.ports()]
    rows.append("")
    for first, second, value in found.crossings():
        at = f"{float(f'{value:.3g}'):,g} {unit or found.dimension}"
        rows.append(f"- Up to {at} `{first}` is faster, beyond that `{second}`.")
    if not found.crossings():
        rows.append("No two of these ports change places in this range.")
    return "\n".join([*rows, "", f"*{stamp(name)}.*"])


def picture(name: str, what: str) -> str:
    """A picture of the notes, light or dark as the reader's page is."""
    return (
        f'<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="{name}-dark.svg">\n'
        f'  <img alt="{what}" src="{name}-light.svg">\n</picture>'
    )


def draw_all() -> None:
    """The pictures, in light and in dark."""
    for dark, theme in ((False, "light"), (True, "dark")):
        for name in ("lif-neurons", "lif-rate", "lif_ensemble-rate"):
            if (FOLDER / f"{name}.json").exists():
                path = NOTES / f"{name}-{theme}.svg"
                draw(sweep(name), path, "svg", unit=SWEEPS[name][-1], dark=dark)
        draw_roofline(NOTES / f"lif-roofline-{theme}.svg", dark=dark)


def draw_roofline(path: Path, *, dark: bool) -> None:
    """Each port's arithmetic per second over the arithmetic per byte that the result needs."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams |= {"svg.hashsalt": "portstudy", "font.size": 10}
    from matplotlib import pyplot as plt

    ink, paper = ("#e6edf3", "#0d1117") if dark else ("#1f2328", "#ffffff")
    figure, axes = plt.subplots(figsize=(8.2, 5.6), facecolor=paper)
    axes.set_facecolor(paper)
    rates = json.loads((FOLDER / "machine.json").read_text())["rates"]
    peak = rates["operations_per_second"]["float64"]
    x = [0.03, 4.0]
    lowest = math.inf
    for level in sorted(rates["bandwidth"], key=lambda level: -level["bytes_per_second"]):
        speed = level["bytes_per_second"]
        ridge = peak / speed
        axes.plot([x[0], ridge], [x[0] * speed, peak], color=ink, alpha=0.45, linewidth=1)
        aside = speed > 0.8 * lowest  # or it would cover the label of the level before
        axes.annotate(
            f"{level['in']}: {speed / 1e9:.0f} GB/s", (x[0], x[0] * speed), (90 if aside else 3, 7),
            textcoords="offset points", color=ink, fontsize=8,
        )  # fmt: skip
        lowest = speed
    axes.plot([peak / lowest, x[1]], [peak, peak], color=ink, alpha=0.45, linewidth=1)
    axes.plot([x[0], x[1]], [peak, peak], color=ink, alpha=0.2, linewidth=1)
    axes.annotate(
        f"peak: {peak / 1e9:.0f} GFLOP/s", (x[1], peak), (0, 4), textcoords="offset points",
        color=ink, fontsize=8, ha="right",
    )  # fmt: skip
    for size, align in (("small", 1), ("large", -1)):
        if (size, "1") not in measured():
            continue
        needed, operations = least("lif", size)
        at = operations / needed
        found = session("lif", size, threads="1")
        points = sorted(
            (operations / f.steady_seconds, f.port) for f in found.ports.values() if f.samples
        )
        last = 0.0
        for height, port in points:
            colour = COLOURS.get(library_of(port), OTHER)
            axes.plot(at, height, "o", color=colour, markersize=5)
            last = max(height, last * 1.3)
            axes.annotate(
                port, (at, height), (at * (1.35 if align > 0 else 0.74), last), color=colour,
                fontsize=7.5, family="monospace", va="center", ha="left" if align > 0 else "right",
                arrowprops={"arrowstyle": "-", "color": colour, "alpha": 0.4, "linewidth": 0.6},
            )  # fmt: skip
        neurons = find_kernel("lif").sizes[size]["neurons"]
        top = operations / min(found.limit) if found.limit else points[-1][0]
        axes.plot(at, top, "_", color=ink, markersize=16)
        axes.annotate(
            f"limit, {neurons:,} neurons", (at, top), (8 * align, 0), textcoords="offset points",
            color=ink, fontsize=8, ha="left" if align > 0 else "right", va="center",
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(*x)
    axes.set_xlabel("additions and multiplications a byte, of the least that the result needs")
    axes.set_ylabel("operations a second")
    axes.set_title(
        "lif: every port under the roofs of this machine (float64, one thread)",
        color=ink, loc="left", fontsize=11,
    )  # fmt: skip
    axes.xaxis.label.set_color(ink)
    axes.yaxis.label.set_color(ink)
    axes.tick_params(colors=ink, which="both")
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(ink)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)


def least(kernel: str, size: str) -> tuple[float, float]:
    """Bytes and operations that a result of this size needs at least."""
    spec = find_kernel(kernel)
    assert spec.work is not None
    arguments = spec.make_inputs(size, "float64")
    outputs: Any = load(kernel, "numba_event")(*arguments)
    work = spec.work(arguments, (outputs[0], outputs[1].voltage))
    return sum(traffic.bytes for traffic in work.traffic), work.operations


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        measure_all(Console())
        measure_terminal(Console())
    elif sys.argv[1:] == ["terminal"]:
        measure_terminal(Console())
    elif sys.argv[1:] == ["draw"]:
        draw_all()
    else:
        sys.exit(__doc__)
