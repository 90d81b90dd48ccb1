"""Every port of every kernel, measured side by side.

asv starts a process for each figure of each port, one after the other. But only times that were
taken in turn can be compared: so all ports that were selected of a kernel and size are measured in
one session (`portstudy.measure.rounds`: proof, then interleaved rounds, a worker process for each
port) before the first benchmark, in `setup_cache`. The benchmarks look their figures up. (A session
for each port would tell asv more of the progress, but it would prove and time the reference each
time: seven ports of LIF take half as long together.) A port that fails its proof has no figure, and
fails with the difference; one that is unavailable here is skipped with its reason.

The environment says how: PORTSTUDY_DTYPE (float64, float32), PORTSTUDY_THREADS (all, 1),
PORTSTUDY_DEVICE (cpu, cuda) and PORTSTUDY_REQUIRE (libraries that must not be unavailable).
PORTSTUDY_SESSIONS is a folder that keeps the sessions, one folder for each environment: what is
there is not measured again. What was selected comes from `portstudy.history.asv_plugin`.
"""

import json
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asv_runner.benchmarks.mark import SkipNotImplemented
from portstudy.backends import library_of
from portstudy.find import find_kernel, kernels
from portstudy.history.results import benchmark_class
from portstudy.measure.rounds import measure
from portstudy.measure.session import Session


def setting(name: str, default: str = "") -> str:
    """One of the settings above."""
    return os.environ.get(f"PORTSTUDY_{name}") or default


def measure_selected(folder: Path) -> None:
    """A session for each kernel and size of which ports are selected, unless it is there."""
    selected = json.loads(setting("SELECTED", "{}"))
    for number, (name, named) in enumerate(selected.items(), 1):
        class_name, _, size = name.partition("-")
        kernel, path = KERNELS[class_name], folder / f"{name}.json"
        ports = [port for port in find_kernel(kernel).ports_at(size) if port in named]
        if ports and not (path.exists() and set(ports) <= set(Session.load(path).ports)):
            of_several = f"session {number} of {len(selected)}, " if len(selected) > 1 else ""
            measure_one(kernel, size, ports, of_several).save(path)
    show("")


def measure_one(kernel: str, size: str, ports: list[str], heading: str) -> Session:
    """One session, with its progress on the terminal."""

    def progress(done: int, total: int, what: str) -> None:
        show(f"{heading}{kernel} {size}: {100 * done // total}%, {what}")

    return measure(
        kernel,
        size,
        ports,
        dtype=setting("DTYPE", "float64"),
        device=setting("DEVICE", "cpu"),
        threads=setting("THREADS", "all"),
        progress=progress,
    )


def show(text: str) -> None:
    """Progress on asv's terminal, on its own line: it catches all that is printed here."""
    if terminal := setting("TERMINAL"):
        with open(terminal, "w") as screen:
            # Keep the cursor where it is, clear the rest of the line, cut off what is too long.
            screen.write(f"\x1b7\x1b[K\x1b[?7l {text}\x1b[?7h\x1b8")


class Ports:
    """The figures of one kernel. A subclass names it."""

    kernel = ""
    param_names = ("port", "size")
    version = "1"

    def setup_cache(self) -> str:
        # Where asv keeps things for one commit and environment, unless we are told of a place.
        folder = Path(setting("SESSIONS", os.getcwd()), Path(sys.prefix).name)
        folder.mkdir(parents=True, exist_ok=True)
        measure_selected(folder)
        return str(folder)

    setup_cache.timeout = 24 * 3600  # type: ignore[attr-defined]

    def setup(self, folder: str, port: str, size: str) -> None:
        path = Path(folder, f"{type(self).__name__}-{size}.json")
        if not path.exists() or port not in Session.load(path).ports:
            raise SkipNotImplemented(f"{self.kernel}/{port}: not measured at {size}")
        self.session = Session.load(path)
        self.figures = self.session.ports[port]
        why = f"{self.kernel}/{port}: {self.figures.status}: {self.figures.reason}"
        required = library_of(port) in setting("REQUIRE").split(",")
        if self.figures.status == "unavailable" and not required:
            raise SkipNotImplemented(why)
        if self.figures.status != "measured":
            raise RuntimeError(why)

    def track_steady_state(self, folder: str, port: str, size: str) -> dict:
        return {"samples": self.figures.samples, "number": 1}

    track_steady_state.unit = "seconds"  # type: ignore[attr-defined]

    def track_relative_time(self, folder: str, port: str, size: str) -> dict:
        return {"samples": self.session.ratios(port), "number": 1}

    track_relative_time.unit = "x reference"  # type: ignore[attr-defined]

    def track_relative_time_one_thread(self, folder: str, port: str, size: str) -> float:
        # What regressions are looked for in: among threads, time depends on what else is running.
        if self.session.threads != "1":
            raise SkipNotImplemented(f"{self.kernel}: measured on {self.session.threads} threads")
        # The median alone: with samples, asv would weigh it by its spread within the session, but
        # it is from one session to the next that it scatters.
        return self.session.relative(port)

    track_relative_time_one_thread.unit = "x reference"  # type: ignore[attr-defined]

    def track_first_call(self, folder: str, port: str, size: str) -> float:
        return self.figures.first_call_seconds

    track_first_call.unit = "seconds"  # type: ignore[attr-defined]

    def track_break_even(self, folder: str, port: str, size: str) -> float:
        calls = self.session.break_even(port)
        return math.nan if math.isinf(calls) else calls  # never: shown as n/a

    track_break_even.unit = "calls"  # type: ignore[attr-defined]

    def track_peak_memory(self, folder: str, port: str, size: str) -> int:
        return self.figures.peak_bytes

    track_peak_memory.unit = "bytes"  # type: ignore[attr-defined]

    def track_device_memory(self, folder: str, port: str, size: str) -> int:
        if not self.figures.device_peak_bytes:  # that of the host: peak_memory
            raise SkipNotImplemented(f"{self.kernel}/{port}: has no memory of its own")
        return self.figures.device_peak_bytes

    track_device_memory.unit = "bytes"  # type: ignore[attr-defined]

    def track_largest_error(self, folder: str, port: str, size: str) -> float:
        return self.figures.largest_error

    track_largest_error.unit = "ulps"  # type: ignore[attr-defined]

    def track_time_over_limit(self, folder: str, port: str, size: str) -> dict:
        if not self.session.limit:
            raise SkipNotImplemented(f"{self.kernel}: the limit of this machine is not known")
        return {"samples": self.session.over_limit(port), "number": 1}

    track_time_over_limit.unit = "x limit"  # type: ignore[attr-defined]


def relative_to(peer: str) -> Callable:
    """The figure that compares a port with what a user would pick instead."""

    def track(self: Any, folder: str, port: str, size: str) -> dict:
        if peer not in self.session.ports or not self.session.ports[peer].samples:
            raise SkipNotImplemented(f"{self.kernel}/{peer}: not measured")
        return {"samples": self.session.ratios(port, peer), "number": 1}

    track.unit = f"x {peer}"  # type: ignore[attr-defined]
    return track


KERNELS = {benchmark_class(name): name for name in kernels()}

for class_name, name in KERNELS.items():
    spec = find_kernel(name)
    figures = {f"track_time_over_{peer}": relative_to(peer) for peer in spec.peers}
    parameters = (spec.ports(), spec.measured_at)
    globals()[class_name] = type(
        class_name, (Ports,), {"kernel": name, "params": parameters, **figures}
    )
del name, spec, class_name, figures, parameters, Ports, relative_to
