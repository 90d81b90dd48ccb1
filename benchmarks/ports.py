"""Every port of every kernel, measured side by side.

asv starts a process for each figure. They are not measured there, one by one, but together: the
first benchmark of a kernel and size runs one session (`portstudy.measure.rounds`: proof, then interleaved
rounds, a worker process a port) and the others read what it found. A port that fails its proof has
no figure and fails with the difference; one that is unavailable here is skipped with its reason.

The environment says what a session measures: PORTSTUDY_DTYPE (float64, float32), PORTSTUDY_THREADS
(all, 1), PORTSTUDY_DEVICE (cpu, cuda), PORTSTUDY_PORTS (names, all where it is empty),
PORTSTUDY_REQUIRE (libraries that must not be unavailable) and PORTSTUDY_SESSIONS (a folder for the
sessions of this commit, one folder for each environment; what is there is not measured again).
"""

import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asv_runner.benchmarks.mark import SkipNotImplemented
from portstudy.backends import library_of
from portstudy.find import find_kernel, kernels
from portstudy.measure.rounds import measure
from portstudy.measure.session import Session


def setting(name: str, default: str) -> str:
    """One of the settings above."""
    return os.environ.get(f"PORTSTUDY_{name}") or default


def session(folder: str, kernel: str, size: str) -> Session:
    """The session of a kernel and size, measured if it has not been."""
    path = Path(setting("SESSIONS", folder), Path(sys.prefix).name, f"{kernel}-{size}.json")
    spec = find_kernel(kernel)
    there = spec.ports_at(size) if hasattr(spec, "ports_at") else spec.ports()  # at earlier commits
    named = [port for port in setting("PORTS", "").split(",") if port in there]
    if not path.exists() or not set(named) <= set(Session.load(path).ports):
        path.parent.mkdir(parents=True, exist_ok=True)
        measure(
            kernel,
            size,
            named or there,
            dtype=setting("DTYPE", "float64"),
            device=setting("DEVICE", "cpu"),
            threads=setting("THREADS", "all"),
        ).save(path)
    return Session.load(path)


class Ports:
    """The figures of one kernel. A subclass names it."""

    kernel = ""
    param_names = ("port", "size")
    timeout = 3600  # of the session, which the first figure waits for
    version = "1"

    def setup_cache(self) -> str:
        return os.getcwd()  # a folder that asv keeps for one commit and environment

    def setup(self, folder: str, port: str, size: str) -> None:
        self.session = session(folder, self.kernel, size)
        if port not in self.session.ports:
            raise SkipNotImplemented(f"{self.kernel}/{port}: not selected")
        self.figures = self.session.ports[port]
        why = f"{self.kernel}/{port}: {self.figures.status}: {self.figures.reason}"
        required = library_of(port) in setting("REQUIRE", "").split(",")
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
        if not getattr(self.figures, "device_peak_bytes", 0):  # that of the host: peak_memory
            raise SkipNotImplemented(f"{self.kernel}/{port}: has no memory of its own")
        return self.figures.device_peak_bytes

    track_device_memory.unit = "bytes"  # type: ignore[attr-defined]

    def track_largest_error(self, folder: str, port: str, size: str) -> float:
        return self.figures.largest_error

    track_largest_error.unit = "ulps"  # type: ignore[attr-defined]

    def track_time_over_limit(self, folder: str, port: str, size: str) -> dict:
        if not getattr(self.session, "limit", None):  # earlier commits do not measure it
            raise SkipNotImplemented(f"{self.kernel}: the limit of this machine is not known")
        return {"samples": self.session.over_limit(port), "number": 1}

    track_time_over_limit.unit = "x limit"  # type: ignore[attr-defined]


def relative_to(peer: str) -> Callable:
    """The figure that holds a port against what a user would pick instead."""

    def track(self: Any, folder: str, port: str, size: str) -> dict:
        if peer not in self.session.ports or not self.session.ports[peer].samples:
            raise SkipNotImplemented(f"{self.kernel}/{peer}: not measured")
        return {"samples": self.session.ratios(port, peer), "number": 1}

    track.unit = f"x {peer}"  # type: ignore[attr-defined]
    return track


for name in kernels():
    spec = find_kernel(name)
    sizes = [size for size in spec.sizes if size != "check"]
    # As portstudy.history.results.benchmark_class, which earlier commits, on which this suite runs too, lack.
    class_name = name.title().replace("_", "")
    peers = getattr(spec, "peers", ())
    figures = {f"track_time_over_{peer}": relative_to(peer) for peer in peers}
    globals()[class_name] = type(
        class_name, (Ports,), {"kernel": name, "params": (spec.ports(), sizes), **figures}
    )
del name, spec, sizes, class_name, peers, figures, Ports, relative_to
