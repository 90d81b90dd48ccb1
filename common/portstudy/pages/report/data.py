"""What the report is made from: the newest proven figure of every port, and the account of LIF.

A file that is damaged or foreign is named in `left_out`, and nothing is read of it.
"""

import functools
import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from portstudy.find import find_kernel, kernels
from portstudy.history.results import (
    LIBRARIES,
    Recorded,
    benchmark_class,
    device_of,
    sort_out,
)
from portstudy.kernel import DTYPES, Kernel
from portstudy.measure.session import Session
from portstudy.measure.sweep import Sweep
from portstudy.names import one_of

DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError)
"""What reading a file that somebody else wrote may raise."""


class Figure(NamedTuple):
    """What was recorded of one port, with the run it is from; NaN where there is no figure."""

    run: "Run"
    kernel: str
    size: str
    port: str
    seconds: float
    ratio: float
    """Time relative to the reference's, round by round: the median, and its quartiles."""
    low: float
    high: float
    first_call: float
    break_even: float
    """Calls; infinite where the port never pays."""
    peak: float
    error: float
    """Largest, in units in the last place."""
    over_limit: float
    over_peer: dict[str, float]

    @property
    def gain(self) -> float:
        """How many times as fast as the reference."""
        return 1 / self.ratio

    @property
    def share(self) -> float:
        """Share of the machine's limit."""
        return 1 / self.over_limit


@dataclass(frozen=True)
class Run:
    """One result file: a commit, a machine, an environment."""

    path: Path
    machine: str
    processor: str
    cores: str
    device: str
    device_name: str
    commit: str
    date: str
    order: tuple[int, str]
    """Newer runs come later."""
    python: str
    versions: tuple[tuple[str, str], ...]
    dtype: str
    threads: str
    environment: str
    figures: dict[tuple[str, str], dict[str, Figure]] = field(repr=False, compare=False)
    """Of each kernel and size, of each port."""

    @property
    def tested(self) -> bool:
        """Is it of the environment that people work in, in float64 on all cores?"""
        usual = (self.dtype, self.threads) == ("float64", "all")
        return usual and self.environment.startswith("checkout")

    @property
    def ports(self) -> int:
        """How many figures it has."""
        return sum(map(len, self.figures.values()))

    @property
    def software(self) -> str:
        """Python and libraries, with versions."""
        return ", ".join([f"Python {self.python}", *(" ".join(pair) for pair in self.versions)])

    @property
    def hardware(self) -> str:
        """Processor, cores, and the device if it is another."""
        device = "" if self.device == "cpu" else f", {self.device}: {self.device_name}"
        return f"{self.processor}, {self.cores} cores{device}"

    @property
    def caption(self) -> str:
        """Where, how and with what this was measured."""
        return (
            f"{self.hardware}; {self.dtype}, threads: {self.threads}; {self.software}; "
            f"commit {self.commit[:8]} of {self.date}"
        )


def read_run(path: Path) -> Run:
    """One sound file of asv's; raises one of DAMAGED for what soundness does not rule out."""
    data = json.loads(path.read_text(encoding="utf-8"))
    machine, settings = data["params"], data["env_vars"]
    date = datetime.fromtimestamp(data["date"] / 1000, UTC).date().isoformat()
    run = Run(
        path, machine["machine"], str(machine["cpu"]), str(machine["num_cpu"]),
        device_of(data), str(machine.get("device_name", machine["cpu"])),
        str(data["commit_hash"]), date, (int(data["date"]), path.name), str(data["python"]),
        tuple((name, str(data["requirements"][name])) for name in LIBRARIES),
        settings["PORTSTUDY_DTYPE"], settings["PORTSTUDY_THREADS"], str(data["env_name"]), {},
    )  # fmt: skip
    for kernel in kernels():
        name = f"ports.{benchmark_class(kernel)}."
        if not any(key.startswith(name) for key in data["results"]):
            continue
        spec = find_kernel(kernel)
        for size in spec.sizes:
            found = _figures(run, spec, Recorded(path, data, kernel, size))
            if found:
                run.figures[kernel, size] = found
    return run


def _figures(run: Run, spec: Kernel, recorded: Recorded) -> dict[str, Figure]:
    """Of each port that has a time, all that is recorded."""

    def numbers(figure: str, column: str = "result", least: float = 1e-300) -> dict[str, float]:
        return {
            port: value
            for port, value in recorded.table(figure, column).items()
            if isinstance(value, (int, float)) and least <= value < math.inf
        }

    seconds, ratio = numbers("steady_state"), numbers("relative_time")
    low, high = (numbers("relative_time", f"stats_q_{q}") for q in (25, 75))
    first, peak, limit = (
        numbers(figure) for figure in ("first_call", "peak_memory", "time_over_limit")
    )
    error = numbers("largest_error", least=0)
    even = numbers("break_even")
    never = math.inf if even else math.nan  # or it was not asked yet from when on a port pays
    peers = {peer: numbers(f"time_over_{peer}") for peer in spec.peers}
    return {
        port: Figure(
            run, recorded.kernel, recorded.size, port, seconds[port], ratio[port],
            low.get(port, ratio[port]), high.get(port, ratio[port]), first.get(port, math.nan),
            even.get(port, never), peak.get(port, math.nan), error.get(port, math.nan),
            limit.get(port, math.nan),
            {peer: ratios[port] for peer, ratios in peers.items() if port in ratios},
        )
        for port in seconds
        if port in ratio
    }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Results:
    """All that the report is made from."""

    runs: list[Run]
    sessions: dict[str, Session]
    """The account of LIF: its sessions and sweeps, by the names of their files."""
    sweeps: dict[str, Sweep]
    machine: dict[str, Any]
    """Of the account: what was measured of its bandwidths and peak."""
    commits: dict[str, str]
    left_out: dict[str, str]
    """Files that are damaged or foreign, each with the reason."""

    @functools.cached_property
    def machines(self) -> list[str]:
        """Those with tested figures: CPUs first, the one with most figures before the others."""
        counts: dict[str, tuple[bool, int]] = {}
        for run in self.runs:
            if run.tested:
                cpu, count = counts.get(run.machine, (run.device == "cpu", 0))
                counts[run.machine] = (cpu, count + run.ports)
        return sorted(counts, key=lambda m: (not counts[m][0], -counts[m][1], m))

    def series(self) -> list[list[Run]]:
        """The runs on one machine, with the same software and settings, together; newest first."""
        alike: dict[tuple, list[Run]] = {}
        for run in sorted(self.runs, key=_newer, reverse=True):
            key = (run.machine, run.dtype, run.threads, run.software)
            alike.setdefault(key, []).append(run)
        return list(alike.values())

    def run_on(self, machine: str) -> Run:
        """The newest tested run of a machine."""
        return max((r for r in self.runs if r.machine == machine and r.tested), key=_newer)

    @functools.cache  # noqa: B019 - lives as long as the one report
    def figures(self, kernel: str, machine: str = "", like: str = "") -> list[Figure]:
        """Each port's newest figure, the fastest first, at the size at which most are recorded.

        At the size `like`, if there are figures at that.
        """
        machine = machine or next(iter(self.machines), "")
        of_size: dict[str, dict[str, Figure]] = {}
        for run in sorted(self.runs, key=_newer):
            if run.machine != machine or not run.tested:
                continue
            for (name, size), found in run.figures.items():
                if name == kernel:
                    of_size.setdefault(size, {}).update(found)
        of_size = {size: found for size, found in of_size.items() if len(found) > 1}
        if not of_size:
            return []
        fullest = max(of_size, key=lambda size: (len(of_size[size]), size == "large", size))
        size = like if like in of_size else fullest
        return sorted(of_size[size].values(), key=lambda figure: (figure.ratio, figure.port))

    def fastest(self, kernel: str) -> list[Figure | None]:
        """The fastest port on each machine, at one size where there is one."""
        tops: list[Figure | None] = []
        for machine in self.machines:
            like = next((top.size for top in tops if top), "")
            tops.append(next(iter(self.figures(kernel, machine, like)), None))
        return tops

    def everything(self) -> dict[str, list[Figure]]:
        """Of each kernel that has any, its figures."""
        return {kernel: found for kernel in kernels() if (found := self.figures(kernel))}

    def versions(self) -> "Versions | None":
        """The oldest and the newest set of libraries that one machine was measured with, if two.

        Of each port, at the newest commit that was measured with both.
        """
        of_place: dict[tuple, dict[tuple, list[Run]]] = {}
        for run in sorted(self.runs, key=_newer):
            place = (run.machine, run.dtype, run.threads)
            of_place.setdefault(place, {}).setdefault(run.versions, []).append(run)
        found = []
        for place, sets in sorted(of_place.items()):
            old, new = (min(sets, key=_numbers), max(sets, key=_numbers))
            pairs = {}
            for before in sets[old]:
                for after in sets[new] if old != new else []:
                    if before.commit == after.commit:
                        pairs.update(_pairs(before, after))
            if pairs:
                found.append(Versions(place, dict(old), dict(new), list(pairs.values())))
        return max(found, key=lambda versions: len(versions.pairs), default=None)


class Versions(NamedTuple):
    """Figures of the same ports with two sets of libraries."""

    place: tuple[str, str, str]
    """Machine, dtype, threads."""
    old: dict[str, str]
    new: dict[str, str]
    pairs: list[tuple[Figure, Figure]]

    def moved(self) -> list[tuple[Figure, Figure]]:
        """Where relative time changed by more than a fifth, and beyond the quartiles of both."""
        return sorted(
            (
                (old, new)
                for old, new in self.pairs
                if abs(math.log(new.ratio / old.ratio)) > math.log(1.2)
                and (new.low > old.high or new.high < old.low)
            ),
            key=lambda pair: -abs(math.log(pair[1].ratio / pair[0].ratio)),
        )


def _newer(run: Run) -> tuple[int, str]:
    return run.order


def _numbers(versions: tuple[tuple[str, str], ...]) -> list[list[int]]:
    """What versions are ordered by."""
    return [[int(number) for number in re.findall(r"\d+", version)] for _, version in versions]


def _pairs(before: Run, after: Run) -> dict[tuple[str, str, str], tuple[Figure, Figure]]:
    """The figures that both runs have, side by side; not the reference's, which is always 1."""
    return {
        (kernel, size, port): (old, after.figures[kernel, size][port])
        for (kernel, size), figures in before.figures.items()
        for port, old in figures.items()
        if port in after.figures.get((kernel, size), {})
        and port != find_kernel(kernel).reference_at(size)
    }


def read(results: Path, account: Path) -> Results:
    """All results in these two folders."""
    runs, left_out = [], {}
    sound, unsound = sort_out(results)
    for path, why in unsound.items():
        left_out[path.relative_to(results.parent).as_posix()] = why
    for path in sound:
        try:
            runs.append(read_run(path))
        except DAMAGED as error:
            why = f"is no result file of this project: {type(error).__name__}: {error}"
            left_out[path.relative_to(results.parent).as_posix()] = why
    sessions: dict[str, Session] = {}
    sweeps: dict[str, Sweep] = {}
    plain: dict[str, dict[str, Any]] = {"machine": {}, "commits": {}}
    for path in sorted(account.glob("*.json")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if path.stem == "machine":
                plain["machine"] = _checked_machine(data)
            elif path.stem == "commits":
                plain["commits"] = {name: str(commit) for name, commit in data.items()}
            elif path.name.startswith("terminal-"):
                continue  # of a reader's own terminal, not of a machine left alone
            elif "sessions" in data:
                sweeps[path.stem] = _checked_sweep(Sweep.load(path))
            else:
                sessions[path.stem] = _checked(Session.load(path))
        except DAMAGED as error:
            where = path.relative_to(account.parent).as_posix()
            left_out[where] = f"is no part of the account: {type(error).__name__}: {error}"
    return Results(runs, sessions, sweeps, plain["machine"], plain["commits"], left_out)


def _checked(session: Session) -> Session:
    """The session, if its figures can be used; or one of DAMAGED."""
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
