"""How time and memory grow with one dimension of a kernel."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import combinations, pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from portstudy.files import write_whole
from portstudy.measure.rounds import measure
from portstudy.measure.session import Session
from portstudy.names import Target


@dataclass
class Sweep:
    """Sessions of one kernel, along one dimension."""

    kernel: Target
    dimension: str
    values: list[float]
    sessions: list[Session]
    interrupted: bool = False

    def ports(self) -> list[str]:
        """The ports measured at two values at least, the fastest at its last one first."""
        named = {port: None for session in self.sessions for port in session.ports}
        measured = [port for port in named if len(self.curve(port)[0]) > 1]
        return sorted(measured, key=lambda port: self.curve(port)[1][-1])

    def curve(self, port: str, figure: str = "steady_seconds") -> tuple[list[float], list[float]]:
        """The values at which a port was measured, and its times or another figure of `Figures`."""
        points = [
            (value, getattr(session.ports[port], figure))
            for value, session in zip(self.values, self.sessions, strict=True)
            if port in session.ports and session.ports[port].samples
        ]
        return [x for x, _ in points], [y for _, y in points]

    def limit(self) -> tuple[list[float], list[float]]:
        """The values, and the seconds that this machine needs at least."""
        points = [
            (value, min(session.limit))
            for value, session in zip(self.values, self.sessions, strict=True)
            if session.limit
        ]
        return [x for x, _ in points], [y for _, y in points]

    def exponent(self, port: str, figure: str = "steady_seconds") -> float:
        """p of the law value**p that fits a port's curve best, in logarithms."""
        return exponent(*self.curve(port, figure))

    def crossings(self) -> list[tuple[str, str, float]]:
        """(a, b, value): up to this value a is the faster one, beyond it b is.

        Between two measured values a ratio is a power law. A crossing is one only if a was ahead
        by more than the rounds before it differ, and b is by more after it.
        """
        found = []
        for a, b in combinations(self.ports(), 2):
            clear = [
                (value, ratio)
                for value, session in zip(self.values, self.sessions, strict=True)
                if a in session.ports and b in session.ports
                if (ratio := _clear(session.ratios(a, b)))
            ]
            for (x, before), (y, after) in pairwise(clear):
                if (before < 1) != (after < 1):
                    share = math.log(before) / (math.log(before) - math.log(after))
                    first, second = (a, b) if before < 1 else (b, a)
                    found.append((first, second, x * (y / x) ** share))
        return sorted(found, key=lambda crossing: crossing[2])

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all."""
        write_whole(path, json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> "Sweep":
        """Read what `save` wrote."""
        data = json.loads(path.read_text())
        sessions = [Session.of(session) for session in data["sessions"]]
        return cls(**data | {"kernel": sessions[0].kernel, "sessions": sessions})


def exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """The slope of log y over log x, by least squares; NaN for fewer than two points."""
    points = [(a, b) for a, b in zip(x, y, strict=True) if a > 0 and b > 0]
    if len(points) < 2:
        return math.nan
    logarithms = np.log(np.array(points))
    slope, _ = np.polyfit(logarithms[:, 0], logarithms[:, 1], deg=1)
    return float(slope)


def _clear(ratios: list[float]) -> float | None:
    """The ratio of two ports, if most rounds agree which of them is ahead."""
    if not ratios:
        return None
    ahead = sum(ratio < 1 for ratio in ratios) / len(ratios)
    return median(ratios) if ahead <= 0.25 or ahead >= 0.75 else None


def measure_sweep(
    kernel: Target,
    size: str,
    dimension: str,
    values: Sequence[float],
    ports: Sequence[str] = (),
    *,
    progress: Callable[[str, int, int, str], None] = lambda size, done, total, what: None,
    **conditions: Any,
) -> Sweep:
    """One session a value, in ascending order; `conditions` are those of `measure`.

    `progress(size, done, total, what)` is called before each call of a port. Interrupted, it
    returns the sessions that are complete, if there are any.
    """
    sweep = Sweep(kernel, dimension, [], [])
    for value in sorted(values):
        changed = f"{size},{dimension}={value if value % 1 else int(value)}"
        try:
            session = measure(
                kernel, changed, ports, progress=partial(progress, changed), **conditions
            )
        except KeyboardInterrupt:
            if not sweep.sessions:
                raise
            sweep.interrupted = True
            break
        sweep.values.append(value)
        sweep.sessions.append(session)
    return sweep
