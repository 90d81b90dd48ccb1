"""The LIF case study: what each change gained and why, how near that is to the machine's limit.

python -m portstudy.pages.lif_study measure    sessions and sweeps, into benchmarks/lif_study:
                                               half an hour on a quiet machine
python -m portstudy.pages.lif_study terminal   of these, what the README shows of a terminal
python -m portstudy.pages.lif_study draw       the pictures of notes/lif.md; cog makes its tables

The report shows the same: both ask `LifStudy`. A file of the study that is damaged or foreign is
named in `left_out`, and nothing is read of it.
"""

import functools
import io
import json
import math
import os
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from rich.console import Console
from rich.text import Text

from portstudy.backends import library_of
from portstudy.checkout import ROOT, git
from portstudy.files import write_whole
from portstudy.find import find_kernel, load
from portstudy.history.record import measure_and_record
from portstudy.history.results import LIBRARIES
from portstudy.history.selection import Conditions
from portstudy.kernel import DTYPES
from portstudy.measure.machine import describe
from portstudy.measure.session import Session
from portstudy.measure.sweep import Sweep, measure_sweep
from portstudy.names import Target, one_of
from portstudy.pages.lessons import NOTES, picture
from portstudy.pages.recorded import DAMAGED
from portstudy.show import growth as growing
from portstudy.show.progress import measure_with_progress
from portstudy.show.table import print_session
from portstudy.show.text import duration, factor, markdown_table, percent, power, times
from portstudy.show.theme import THEMES, Theme, canvas

# What is measured

FOLDER = ROOT / "benchmarks" / "lif_study"

LARGE = "numba_event,numba_event_fused,jax_scan,jax_scan_event,torch_scan_event,brian2_*,nest_*"

SESSIONS = [  # what `make bench` is given: selections, dtype, threads
    (["lif:small", "lif_ensemble:small"], "float64", "all"),
    (["lif:small", "lif_ensemble:small"], "float64", "1"),
    (["lif:small:numba_event*"], "float32", "1"),
    ([f"lif:large:{LARGE}"], "float64", "1"),
    (["lif_ensemble:large:numba_*"], "float64", "all"),
    (["lif_ensemble:large:numba_*"], "float64", "1"),
]


class Rung(NamedTuple):
    """A step of the ladder: one change, and what its gain is due to."""

    before: str
    after: str
    why: str


LADDER = [
    Rung("numpy_dense", "jax_eager", "dispatch: each operation is a call into a runtime"),
    Rung("jax_eager", "jax_jit_step", "fusion: a step is one program, without temporaries"),
    Rung("jax_jit_step", "jax_scan", "dispatch: the loop over the steps is compiled, too"),
    Rung("jax_scan", "jax_scan_event", "algorithm: only the rows of neurons that fired"),
    Rung("jax_scan_event", "numba_event", "dispatch: no runtime between the loops of a step"),
    Rung("numba_event", "numba_event_fused", "cache: one pass over the state, four rows at a time"),
]


class Dimension(NamedTuple):
    """A sweep: one dimension of a kernel, at several values."""

    kernel: str
    size: str
    name: str
    values: list[float]
    ports: list[str]
    unit: str = ""
    title: str = ""


EVENT = ["numpy_event", "numba_event", "numba_event_fused", "jax_scan", "jax_scan_event"]

SWEEPS = {
    "lif-neurons": Dimension(
        "lif", "small,steps=200", "neurons", [250, 500, 1000, 2000, 4000, 8000], EVENT,
        title="Time over the number of neurons: one network, 200 steps",
    ),
    # The largest network, of fewer ports: each process holds 2 GB of weights, and twice as much
    # while they are made.
    "lif-neurons-most": Dimension(
        "lif", "wide", "neurons", [16000], ["numpy_event", "numba_event_fused", "jax_scan_event"]
    ),
    "lif-rate": Dimension(
        "lif", "small,steps=1000", "rate", [0.1, 0.3, 1, 3, 10, 30, 100], EVENT, "Hz",
        "Time over the mean firing rate: 1,000 neurons, 1,000 steps",
    ),
    "lif_ensemble-rate": Dimension(
        "lif_ensemble", "large,trials=64,steps=200", "rate", [1, 3, 10, 30, 100],
        ["numba_parallel", "numpy_vectorised", "jax_einsum"], "Hz",
        "Time over the mean firing rate: 64 trials of one network, 200 steps",
    ),
}  # fmt: skip

SHOWN = ("lif-neurons", "lif-rate", "lif_ensemble-rate")
"""The sweeps that have a picture; the largest network is part of the first."""

ROOFLINE = "Operations per second of every port, under the roofs of this machine"

TERMINAL: dict[str, tuple[Target, str, list[str]]] = {  # what the README's reader types and sees
    "compare lif": (
        "lif", "small",
        ["numpy_event", "numba_event", "numba_event_fused", "jax_eager", "jax_scan",
         "jax_scan_event", "torch_eager", "torch_scan_event"],
    ),
    "compare before.py after.py": (("examples/before.py", "examples/after.py"), "default", []),
}  # fmt: skip

NOT_MEASURED = "*Not measured yet: `make study`.*"


# Measuring


def measure_all(console: Console) -> None:
    """Everything, into asv's results as well; what is there already is replaced piece by piece."""
    FOLDER.mkdir(exist_ok=True)
    os.environ["NUMBA_NUM_THREADS"] = "1"  # the roofline is drawn for one thread
    machine = describe() | {"commit": git("rev-parse", "--short=8", "HEAD")}
    write_whole(FOLDER / "machine.json", json.dumps(machine, indent=1) + "\n")
    for words, dtype, threads in SESSIONS:
        measure_and_record(console, words, Conditions(dtype, threads, "cpu"), keep=FOLDER)
        for word in words:
            kernel, size = word.split(":")[:2]
            note_commit(f"{kernel}-{size}-{dtype}-{threads}")
    for name, (kernel, size, dimension, values, ports, *_) in SWEEPS.items():
        console.print(f"{name}: {values}")
        measure_sweep(kernel, size, dimension, values, ports).save(FOLDER / f"{name}.json")
        note_commit(name)


def note_commit(name: str) -> None:
    """Keep the commit at which a session or a sweep was measured: they are not all of one."""
    path = FOLDER / "commits.json"
    commits = json.loads(path.read_text()) if path.exists() else {}
    commits[name] = git("rev-parse", "--short=8", "HEAD")
    write_whole(path, json.dumps(commits, indent=1, sort_keys=True) + "\n")


def terminal_path(words: str) -> Path:
    """Where a session of TERMINAL is kept."""
    return FOLDER / f"terminal-{words.replace(' ', '-').replace('.py', '')}.json"


def measure_terminal(console: Console) -> None:
    """The sessions of TERMINAL."""
    os.chdir(ROOT)
    for words, (kernel, size, ports) in TERMINAL.items():
        measure_with_progress(console, kernel, size, ports).save(terminal_path(words))


# What was measured


class Step(NamedTuple):
    """A rung as it was measured: its time, and the factor round by round, with quartiles."""

    before: str
    after: str
    why: str
    seconds: float
    factor: float = 1
    low: float = 1
    high: float = 1


class Roofline(NamedTuple):
    """Operations per second of each port, and what the machine allows."""

    size: str
    bandwidths: list[tuple[str, float]]
    """Name of a cache or of the memory, bytes per second."""
    peak: float
    intensity: float
    """Operations per byte that the result needs."""
    limit: float
    ports: list[tuple[str, float]]
    """The fastest first."""


@dataclass(frozen=True, eq=False)
class LifStudy:
    """What the sessions and sweeps of LIF say; nothing of what is not there."""

    sessions: dict[str, Session]
    """By the names of their files, as the sweeps are."""
    sweeps: dict[str, Sweep]
    machine: dict[str, Any]
    commits: dict[str, str]
    left_out: dict[str, str]
    """Files that are damaged or foreign, each with the reason."""

    @classmethod
    def read(cls, folder: Path) -> "LifStudy":
        """What is in a folder."""
        study = cls({}, {}, {}, {}, {})
        for path in sorted(folder.glob("*.json")):
            try:
                data = json.loads(path.read_text(encoding="utf-8"))
                if path.stem == "machine":
                    study.machine.update(_checked_machine(data))
                elif path.stem == "commits":
                    study.commits.update({name: str(commit) for name, commit in data.items()})
                elif path.name.startswith("terminal-"):
                    continue  # of a reader's own terminal, not of a machine left alone
                elif "sessions" in data:
                    study.sweeps[path.stem] = _checked_sweep(Sweep.load(path))
                else:
                    study.sessions[path.stem] = _checked(Session.load(path))
            except DAMAGED as error:
                where = path.relative_to(folder.parent).as_posix()
                why = f"is no part of the LIF study: {type(error).__name__}: {error}"
                study.left_out[where] = why
        return study

    def session(self, kernel: str, size: str, dtype: str, threads: str) -> Session | None:
        """A session, of this kernel indeed."""
        found = self.sessions.get(f"{kernel}-{size}-{dtype}-{threads}")
        return found if found and found.kernel == kernel else None

    def measured(self) -> list[Session]:
        """The sessions of `lif` in float64."""
        asked = (("lif", size, "float64", n) for size in ("small", "large") for n in ("1", "all"))
        return [found for names in asked if (found := self.session(*names))]

    def stamp(self, *names: str) -> str:
        """Where, with what and at which commits these files were measured."""
        machine, parts = self.machine, []
        if machine:
            versions = machine["versions"]
            software = [f"{name} {versions[name]}" for name in LIBRARIES if versions.get(name)]
            parts += [
                f"{machine['processor']}, {machine.get('usable_processors')} cores",
                ", ".join([f"Python {machine.get('python', '')}", *software]),
            ]
        commits = {self.commits.get(name) or machine.get("commit", "") for name in names} - {""}
        if commits:
            parts.append(f"commit{'s' * (len(commits) > 1)} {', '.join(sorted(commits))}")
        return "; ".join(parts)

    def ladder(self) -> list[Step]:
        """From the reference to the fastest port: the rungs of which both ends were measured."""
        session = self.session("lif", "small", "float64", "1")
        if session is None:
            return []
        ports = {port: f.steady_seconds for port, f in session.ports.items() if f.samples}
        steps = []
        for before, after, why in LADDER:
            if {before, after} <= set(ports):
                gains = session.ratios(before, after)
                low, _, high = quantiles(gains, n=4, method="inclusive") if gains[1:] else gains * 3
                steps.append(Step(before, after, why, ports[after], median(gains), low, high))
        return [Step("", steps[0].before, "", ports[steps[0].before]), *steps] if steps else []

    def sweep(self, name: str) -> Sweep | None:
        """One of SHOWN, with its largest value, which a sweep of its own holds."""
        sweep, most = self.sweeps.get(name), self.sweeps.get(f"{name}-most")
        if sweep is None or not sweep.ports():
            return None
        if most is None:
            return sweep
        values, sessions = [*sweep.values, *most.values], [*sweep.sessions, *most.sessions]
        return Sweep(sweep.kernel, sweep.dimension, values, sessions)

    def exponents(self, name: str) -> dict[str, str]:
        """Of each port the power of the law that fits a sweep best."""
        sweep = self.sweep(name)
        return {port: power(sweep.exponent(port)) for port in sweep.ports()} if sweep else {}

    def crossings(self, name: str) -> list[str]:
        """Where two ports of a sweep change places, a sentence each."""
        sweep, unit = self.sweep(name), SWEEPS[name].unit or SWEEPS[name].name
        return [
            f"Up to {float(f'{value:.3g}'):,g} {unit} `{a}` is faster, beyond that `{b}`."
            for a, b, value in (sweep.crossings() if sweep else [])
        ]

    def roofline(self, size: str) -> Roofline | None:
        """Each port's operations per second on one thread."""
        session = self.session("lif", size, "float64", "1")
        if session is None or not session.limit or not self.machine:
            return None
        bytes_, operations = _least("lif", size)
        rates = self.machine["rates"]
        ports = [(p, operations / f.steady_seconds) for p, f in session.ports.items() if f.samples]
        return Roofline(
            size, [(level["in"], level["bytes_per_second"]) for level in rates["bandwidth"]],
            rates["operations_per_second"]["float64"], operations / bytes_,
            operations / min(session.limit), sorted(ports, key=lambda pair: -pair[1]),
        )  # fmt: skip


def _checked(session: Session) -> Session:
    """The session, if its numbers can be used; or one of DAMAGED."""
    find_kernel(session.kernel).shape(session.size)
    one_of("dtype", session.dtype, DTYPES)
    times = [*session.limit, *(t for f in session.ports.values() for t in f.samples)]
    if not all(0 < seconds < math.inf for seconds in times):
        raise ValueError("a time that is none")
    for port in session.ports:
        session.ratios(port), session.ports[port].values + 1
    return session


def _checked_sweep(sweep: Sweep) -> Sweep:
    for session in sweep.sessions:
        _checked(session)
    different = len(set(sweep.values)) == len(sweep.values)
    if not different or not all(0 < value < math.inf for value in sweep.values):
        raise ValueError(f"{sweep.dimension}: a value that is none")
    sweep.crossings()
    return sweep


def _checked_machine(machine: dict[str, Any]) -> dict[str, Any]:
    rates = machine["rates"]
    speeds = [level["bytes_per_second"] for level in rates["bandwidth"] if level["in"]]
    speeds += [rates["operations_per_second"][dtype] for dtype in DTYPES]
    if not rates["bandwidth"] or not all(0 < rate < math.inf for rate in speeds):
        raise ValueError("a rate that is none")
    machine["processor"], machine["versions"].get("numpy")
    return machine


@functools.cache
def _least(kernel: str, size: str) -> tuple[float, float]:
    """Bytes and operations that a result of this size needs at least."""
    spec = find_kernel(kernel)
    assert spec.work is not None
    arguments = spec.make_inputs(size, "float64")
    work = spec.work(arguments, load(kernel, "numba_event")(*arguments))
    return sum(traffic.bytes for traffic in work.traffic), work.operations


# For the notes


@functools.cache
def study() -> LifStudy:
    """The committed study."""
    return LifStudy.read(FOLDER)


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


def ladder_table() -> str:
    """The factor of each rung, round by round, with its quartiles; and what it is due to."""
    steps = study().ladder()
    alone, narrow = (study().session("lif", "small", dtype, "1") for dtype in DTYPES)
    if not steps or alone is None or narrow is None:
        return NOT_MEASURED
    rows = [
        [f"`{s.before}`", f"`{s.after}`", times(s.factor), f"{s.low:.2g} to {s.high:.2g}", s.why]
        for s in steps[1:]
    ]
    first, last = steps[0].after, steps[-1].after
    whole = factor(median(alone.ratios(first, last)))
    halved = alone.ports[last].steady_seconds / narrow.ports[last].steady_seconds
    rows += [
        [f"`{first}`", f"`{last}`", f"**{whole}×**", "", "all of it"],
        [f"`{last}`", "the same in float32", times(halved), "two sessions",
         "precision: half the bytes"],
    ]  # fmt: skip
    headings = ["from", "to", "factor", "quartiles", "due to"]
    stamp = study().stamp("lif-small-float64-1")
    return f"{markdown_table(headings, rows, 'llrrl')}\n\n*{stamp}; threads: 1.*"


def limit_table() -> str:
    """How near the best ports come to what the machine allows."""
    rows = []
    for session in study().measured():
        times, steps = _per_step(session)
        for port in ("numba_event_fused", "jax_scan_event", "torch_scan_event", "brian2_cpp"):
            if port in times and session.limit:
                limit, share = min(session.limit) / steps, session.share(port)
                cells = [duration(times[port]), duration(limit), percent(share)]
                rows.append([session.size, session.threads, f"`{port}`", *cells])
    headings = ["size", "threads", "port", "per step", "at the limit", "share"]
    return f"{markdown_table(headings, rows, 'lllrrr')}\n\n*{_stamp_of_sessions()}.*"


def peers_table() -> str:
    """The simulators and the reference, compared with the best port, round by round."""
    spec, rows = find_kernel("lif"), []
    for session in study().measured():
        times, _ = _per_step(session)
        best = min(times.keys() - spec.peers, key=lambda port: times[port])
        for peer in (*spec.peers, spec.reference):
            if peer in times:
                ratio = median(session.ratios(peer, best))
                ours = f"`{best}` {duration(times[best])}"
                cells = [f"`{peer}`", duration(times[peer]), ours, f"{ratio:,.3g}×"]
                rows.append([session.size, session.threads, *cells])
    headings = ["size", "threads", "peer", "per step", "our best, per step", "ratio"]
    return f"{markdown_table(headings, rows, 'lllrrr')}\n\n*{_stamp_of_sessions()}.*"


def _per_step(session: Session) -> tuple[dict[str, float], int]:
    """Seconds per step of the ports that have a time, and how many steps there were."""
    steps = find_kernel("lif").sizes[session.size]["steps"]
    ports = session.ports.items()
    return {port: f.steady_seconds / steps for port, f in ports if f.samples}, steps


def _stamp_of_sessions() -> str:
    return study().stamp(*(f"lif-{s.size}-float64-{s.threads}" for s in study().measured()))


def threads_table() -> str:
    """Many trials at once: what all threads gain over one."""
    both = [study().session("lif_ensemble", "large", "float64", n) for n in ("1", "all")]
    if None in both:
        return NOT_MEASURED
    seconds = [{p: f.steady_seconds for p, f in s.ports.items()} for s in both if s]
    rows = [
        [f"`{port}`", duration(alone), duration(seconds[1][port]), times(alone / seconds[1][port])]
        for port, alone in sorted(seconds[0].items(), key=lambda pair: pair[1])
    ]
    table = markdown_table(["port", "one thread", "all threads", "gain"], rows)
    stamp = study().stamp(*(f"lif_ensemble-large-float64-{n}" for n in ("1", "all")))
    return f"{table}\n\n*{stamp}; two sessions.*"


def growth(name: str) -> str:
    """The picture of a sweep, the fitted exponents, and where ports cross over."""
    exponents = study().exponents(name)
    if not exponents:
        return NOT_MEASURED
    over = SWEEPS[name].name
    rows = [[f"`{port}`", power] for port, power in exponents.items()]
    crossings = "\n".join(f"- {sentence}" for sentence in study().crossings(name))
    return "\n\n".join([
        picture(name, f"Time of one call over {over}, on log scales"),
        markdown_table(["port", f"time grows as {over} to the power of"], rows),
        crossings or "No two of these ports change places in this range.",
        f"*{study().stamp(name)}.*",
    ])  # fmt: skip


# Pictures


def draw_all() -> None:
    """The pictures, in light and in dark."""
    for theme in THEMES:
        for name in SHOWN:
            if sweep := study().sweep(name):
                path = NOTES / f"{name}-{theme.name}.svg"
                growing.draw(sweep, path, "svg", theme, unit=SWEEPS[name].unit)
        draw_roofline(NOTES / f"lif-roofline-{theme.name}.svg", theme)


def draw_roofline(path: Path, theme: Theme) -> None:
    """Each port's operations per second over the operations per byte that the result needs."""
    roofs = [roof for size in ("small", "large") if (roof := study().roofline(size))]
    if not roofs:
        return
    ink, peak, x = theme.ink, roofs[0].peak, [0.03, 4.0]
    with canvas(path, theme, figsize=(8.2, 5.6)) as (_, ((axes,),)):
        lowest = math.inf
        for label, speed in sorted(roofs[0].bandwidths, key=lambda level: -level[1]):
            axes.plot([x[0], peak / speed], [x[0] * speed, peak], color=ink, alpha=0.45, lw=1)
            aside = speed > 0.8 * lowest  # or it would cover the label of the level before
            axes.annotate(
                f"{label}: {speed / 1e9:.0f} GB/s", (x[0], x[0] * speed), (90 if aside else 3, 7),
                textcoords="offset points", fontsize=8,
            )  # fmt: skip
            lowest = speed
        axes.plot([peak / lowest, x[1]], [peak, peak], color=ink, alpha=0.45, linewidth=1)
        axes.plot(x, [peak, peak], color=ink, alpha=0.2, linewidth=1)
        axes.annotate(
            f"peak: {peak / 1e9:.0f} GFLOP/s", (x[1], peak), (0, 4), textcoords="offset points",
            fontsize=8, ha="right",
        )  # fmt: skip
        for roof, right in zip(roofs, (True, False), strict=False):
            at, side = roof.intensity, "left" if right else "right"
            last = 0.0
            for port, height in reversed(roof.ports):
                colour = theme.library(library_of(port))
                axes.plot(at, height, "o", color=colour, markersize=5)
                last = max(height, last * 1.3)
                axes.annotate(
                    port, (at, height), (at * (1.35 if right else 0.74), last), color=colour,
                    fontsize=7.5, family="monospace", va="center", ha=side,
                    arrowprops={"arrowstyle": "-", "color": colour, "alpha": 0.4, "linewidth": 0.6},
                )  # fmt: skip
            neurons = find_kernel("lif").sizes[roof.size]["neurons"]
            axes.plot(at, roof.limit, "_", color=ink, markersize=16)
            axes.annotate(
                f"limit, {neurons:,} neurons", (at, roof.limit), (8 if right else -8, 0),
                textcoords="offset points", fontsize=8, ha=side, va="center",
            )  # fmt: skip
        axes.set(xscale="log", yscale="log", xlim=x)
        axes.grid(visible=False)
        axes.set_xlabel("additions and multiplications per byte that the result needs at least")
        axes.set_ylabel("operations per second")
        axes.set_title("lif: every port under the roofs of this machine (float64, one thread)")


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
