"""The recorded results as README, notes and report show them: one reader, one rule.

Of each port its newest result counts, of those that were measured in the environment that people
work in (`checkout`), in float64 on all cores; on a GPU, in float32. A kernel is shown on the CPU
with most results, at the size at which most of its ports are recorded; of two such sizes, at
`large`. The fastest port is the one with the smallest time relative to the reference's, round by
round: on a shared machine only ratios are to be trusted, and ports may be of several runs.

A file that is damaged or foreign is named in `left_out`, and nothing is read of it.
"""

import functools
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from portstudy.backends import library_of
from portstudy.find import find_kernel, kernels
from portstudy.history.results import (
    LIBRARIES,
    RESULTS,
    benchmark_class,
    cells,
    device_of,
    sort_out,
)
from portstudy.kernel import Kernel
from portstudy.show.lines import changed_lines
from portstudy.show.text import duration, known, markdown_table, percent, times

DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError)
"""What reading a file that somebody else wrote may raise."""


@dataclass(frozen=True, eq=False)
class Result:
    """What a run recorded of one port; NaN where there is no number."""

    run: "Run"
    kernel: Kernel
    size: str
    port: str
    seconds: float
    ratio: float
    """Time relative to the reference's, round by round: the median, and its quartiles."""
    low: float
    high: float
    first_call: float
    break_even: float
    """Calls; infinite where the port never breaks even."""
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

    @property
    def is_reference(self) -> bool:
        """Is it the port that the others are compared with?"""
        return self.port == self.kernel.reference_at(self.size)

    @functools.cached_property
    def exists(self) -> bool:
        """Is it still a port of this project? Records are older than the ports' files."""
        return self.port in self.kernel.ports()

    @property
    def library(self) -> str:
        """The library that the port is written in; "" for a port that does not exist any more."""
        return library_of(self.port) if self.exists else ""

    @property
    def file(self) -> str:
        """The port's file in the repository."""
        return f"implementations/{self.kernel.name}/{self.port}.py"

    @functools.cached_property
    def lines(self) -> float:
        """How many lines of code differ from the reference."""
        if not self.exists:
            return math.nan
        reference = self.kernel.path(self.kernel.reference_at(self.size))
        return changed_lines(reference, self.kernel.path(self.port))


@dataclass(frozen=True, eq=False)
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
    results: dict[tuple[str, str], dict[str, Result]] = field(default_factory=dict, repr=False)
    """Of each kernel and size, of each port."""

    @property
    def tested(self) -> bool:
        """Is it of the environment that people work in, in the usual dtype on all cores?"""
        usual = ("float64" if self.device == "cpu" else "float32", "all")
        return (self.dtype, self.threads) == usual and self.environment.startswith("checkout")

    @property
    def ports(self) -> int:
        """How many results it has."""
        return sum(map(len, self.results.values()))

    @property
    def file(self) -> str:
        """The file's path in the repository."""
        return "benchmarks/results/" + "/".join(self.path.parts[-2:])

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
    def conditions(self) -> str:
        """Where, how and with what this was measured."""
        return f"{self.hardware}; {self.dtype}, threads: {self.threads}; {self.software}"


@dataclass(frozen=True, eq=False)
class Comparison:
    """The recorded ports of one kernel at one size, side by side: the fastest first."""

    kernel: Kernel
    size: str
    results: list[Result]

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def get(self, port: str) -> Result | None:
        """The result of a port, if it has one."""
        return next((result for result in self.results if result.port == port), None)

    def __getitem__(self, port: str) -> Result:
        found = self.get(port)
        if found is None:
            raise KeyError(f"{self.name}, {self.size}: no recorded result of {port}")
        return found

    @property
    def name(self) -> str:
        """The kernel's name."""
        return self.kernel.name

    @property
    def best(self) -> Result:
        """The fastest port."""
        return self.results[0]

    def best_of(self, library: str) -> Result | None:
        """The fastest port of a library."""
        return next((result for result in self.results if result.library == library), None)

    @property
    def runs(self) -> list[Run]:
        """The runs that its results are from."""
        return list(dict.fromkeys(result.run for result in self.results))

    @property
    def caption(self) -> str:
        """Where, how, with what and of which commits this was measured."""
        commits: dict[str, dict[str, None]] = {}
        for run in self.runs:
            commits.setdefault(run.conditions, {})[run.commit[:8]] = None
        return "; ".join(
            f"{conditions}; commit{'s' * (len(found) > 1)} {', '.join(found)}"
            for conditions, found in commits.items()
        )


class Versions(NamedTuple):
    """Results of the same ports with two sets of libraries."""

    place: tuple[str, str, str]
    """Machine, dtype, threads."""
    old: dict[str, str]
    new: dict[str, str]
    pairs: list[tuple[Result, Result]]

    def moved(self) -> list[tuple[Result, Result]]:
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


@dataclass(frozen=True, eq=False)
class Record:
    """All recorded results."""

    runs: list[Run]
    """The oldest first."""
    left_out: dict[str, str]
    """Files that are damaged or foreign, each with the reason."""

    @classmethod
    def read(cls, folder: Path) -> "Record":
        """What is in a folder."""
        runs = []
        sound, left_out = sort_out(folder)
        for path in sound:
            try:
                runs.append(_run(path))
            except DAMAGED as error:
                why = f"is no result file of this project: {type(error).__name__}: {error}"
                left_out[path] = why
        named = {path.relative_to(folder.parent).as_posix(): why for path, why in left_out.items()}
        return cls(sorted(runs, key=lambda run: run.order), named)

    @functools.cached_property
    def machines(self) -> list[str]:
        """Those with tested results: CPUs first, the one with most results before the others."""
        counts: dict[str, tuple[bool, int]] = {}
        for run in self.runs:
            if run.tested:
                cpu, count = counts.get(run.machine, (run.device == "cpu", 0))
                counts[run.machine] = (cpu, count + run.ports)
        return sorted(counts, key=lambda m: (not counts[m][0], -counts[m][1], m))

    def series(self) -> list[list[Run]]:
        """The runs on one machine, with the same software and settings, together; newest first."""
        alike: dict[tuple[str, str], list[Run]] = {}
        for run in reversed(self.runs):
            alike.setdefault((run.machine, run.conditions), []).append(run)
        return list(alike.values())

    def run_on(self, machine: str) -> Run:
        """The newest tested run of a machine."""
        return next(r for r in reversed(self.runs) if r.machine == machine and r.tested)

    def compared(self, kernel: str, size: str = "", machine: str = "") -> Comparison | None:
        """The ports of a kernel by the rule above, or at the size and on the machine given."""
        machine = machine or next(iter(self.machines), "")
        of_size: dict[str, dict[str, Result]] = {}
        for run in self.runs:
            if run.machine == machine and run.tested:
                for (name, at), found in run.results.items():
                    if name == kernel and size in ("", at):
                        of_size.setdefault(at, {}).update(found)
        of_size = {at: found for at, found in of_size.items() if len(found) > 1}
        if not of_size:
            return None
        fullest = max(of_size, key=lambda at: (len(of_size[at]), at == "large", at))
        results = sorted(of_size[fullest].values(), key=lambda result: (result.ratio, result.port))
        return Comparison(find_kernel(kernel), fullest, results)

    def everything(self) -> list[Comparison]:
        """Every kernel of which two ports or more are recorded."""
        return [found for kernel in kernels() if (found := self.compared(kernel))]

    def fastest(self, kernel: str) -> list[Result | None]:
        """The fastest port on each machine, at one size where there is one."""
        tops: list[Result | None] = []
        for machine in self.machines:
            like = next((top.size for top in tops if top), "")
            found = self.compared(kernel, like, machine) or self.compared(kernel, "", machine)
            tops.append(found.best if found else None)
        return tops

    def versions(self) -> Versions | None:
        """The oldest and the newest set of libraries that one machine was measured with, if two.

        Of each port, at the newest commit that was measured with both.
        """
        of_place: dict[tuple, dict[tuple, list[Run]]] = {}
        for run in self.runs:
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


def _numbers(versions: tuple[tuple[str, str], ...]) -> list[list[int]]:
    """What versions are ordered by."""
    return [[int(number) for number in re.findall(r"\d+", version)] for _, version in versions]


def _pairs(before: Run, after: Run) -> dict[tuple[str, str, str], tuple[Result, Result]]:
    """The results that both runs have, side by side; not the reference's, which is always 1."""
    return {
        (*key, port): (old, after.results[key][port])
        for key, results in before.results.items()
        for port, old in results.items()
        if port in after.results.get(key, {}) and not old.is_reference
    }


@functools.cache
def read() -> Record:
    """The committed results."""
    return Record.read(RESULTS)


def recorded(kernel: str, size: str = "") -> Comparison:
    """What is recorded of a kernel, by the rule above or at this size; or FileNotFoundError."""
    found = read().compared(kernel, size)
    if found is None:
        where = f"{kernel}, {size}" if size else kernel
        raise FileNotFoundError(f"no recorded result for {where}: make bench, then commit")
    return found


def gpu_table() -> str:
    """As Markdown: the fastest ports of what is recorded on a GPU, there and on the CPU."""
    record = read()
    machine = next(m for m in record.machines if record.run_on(m).device == "cuda")
    places = {place for run in record.runs if run.machine == machine for place in run.results}
    rows = []
    for kernel, size in sorted(places):
        here, there = record.compared(kernel, size, machine), record.compared(kernel, size)
        if here is None:
            continue
        best, cpu = here.best, there.best if there else None
        rows.append([
            f"`{kernel}`, {size}", f"[`{best.port}`](../{best.file})", duration(best.seconds),
            times(best.gain), known(best.share, percent), duration(best.first_call),
            f"{duration(cpu.seconds)}, [`{cpu.port}`](../{cpu.file})" if cpu else "–",
        ])  # fmt: skip
    titles = [
        "kernel, size",
        "fastest there",
        "time",
        "gain over NumPy",
        "of the limit",
        "first call",
    ]
    gpu = record.run_on(machine)
    table = markdown_table([*titles, "fastest on the CPU, float64"], rows, "llrrrrr")
    return (
        f"{table}\n\n*{gpu.conditions}. On the CPU: {record.run_on(record.machines[0]).hardware}.*"
    )


def _run(path: Path) -> Run:
    """One sound file of asv's; raises one of DAMAGED for what soundness does not rule out."""
    data = json.loads(path.read_text(encoding="utf-8"))
    machine, settings = data["params"], data["env_vars"]
    date = datetime.fromtimestamp(data["date"] / 1000, UTC).date().isoformat()
    run = Run(
        path, machine["machine"], str(machine["cpu"]), str(machine["num_cpu"]),
        device_of(data), str(machine.get("device_name", machine["cpu"])),
        str(data["commit_hash"]), date, (int(data["date"]), path.name), str(data["python"]),
        tuple((name, str(data["requirements"][name])) for name in LIBRARIES),
        settings["PORTSTUDY_DTYPE"], settings["PORTSTUDY_THREADS"], str(data["env_name"]),
    )  # fmt: skip
    for kernel in kernels():
        name = f"ports.{benchmark_class(kernel)}.track_"
        if any(key.startswith(name) for key in data["results"]):
            spec = find_kernel(kernel)
            for result in _results(run, spec, data, name):
                run.results.setdefault((kernel, result.size), {})[result.port] = result
    return run


def _results(run: Run, spec: Kernel, data: dict[str, Any], name: str) -> Iterator[Result]:
    """All ports and sizes of a kernel that have a time."""

    def numbers(
        figure: str, column: str = "result", least: float = 1e-300
    ) -> dict[tuple[str, str], float]:
        return {
            place: value
            for place, value in cells(data, name + figure, column).items()
            if isinstance(value, (int, float)) and least <= value < math.inf
        }

    seconds, ratio = numbers("steady_state"), numbers("relative_time")
    low, high = (numbers("relative_time", f"stats_q_{q}") for q in (25, 75))
    first, peak, limit = map(numbers, ("first_call", "peak_memory", "time_over_limit"))
    error, even = numbers("largest_error", least=0), numbers("break_even")
    asked = {size for _, size in even}  # elsewhere break-even was not recorded yet
    peers = {peer: numbers(f"time_over_{peer}") for peer in spec.peers}
    for place in seconds:
        port, size = place
        if place in ratio and size in spec.sizes:
            yield Result(
                run, spec, size, port, seconds[place], ratio[place],
                low.get(place, ratio[place]), high.get(place, ratio[place]),
                first.get(place, math.nan),
                even.get(place, math.inf if size in asked else math.nan),
                peak.get(place, math.nan), error.get(place, math.nan), limit.get(place, math.nan),
                {peer: ratios[place] for peer, ratios in peers.items() if place in ratios},
            )  # fmt: skip
