"""What was measured: the figures of each port, and the session they were measured in."""

import json
import math
import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from portstudy.files import write_whole
from portstudy.names import Target


class Status(StrEnum):
    """How the measurement of a port ended."""

    MEASURED = "measured"
    UNAVAILABLE = "unavailable"
    """Its library or its device is not here."""
    DIFFERENT = "different"
    """Its outputs are not the reference's."""
    FAILED = "failed"
    """It raised, died or hung."""
    INTERRUPTED = "interrupted"


@dataclass
class Figures:
    """What was measured of one port. Times are seconds, memory is bytes."""

    port: str
    status: Status = Status.MEASURED
    reason: str = ""
    import_seconds: float = math.nan
    """Importing the library and the port, in a fresh process."""
    first_call_seconds: float = math.nan
    """The first call, arguments on the device: with all tracing and compiling."""
    compile_seconds: float = math.nan
    """What of it the library says it spent on tracing and compiling."""
    put_seconds: float = math.nan
    get_seconds: float = math.nan
    peak_bytes: int = 0
    """The most that the process grew above its imports and its NumPy arguments, over two calls."""
    device_peak_bytes: int = 0
    """The most of a GPU's memory that the process held, its arguments included."""
    samples: list[float] = field(default_factory=list)
    """Seconds a call, one sample a round; of a simulator, those that it says it ran."""
    largest_error: float = math.nan
    """In units in the last place of the reference's value."""
    values: int = 0
    """How many output values were compared."""
    resolution: float = math.nan
    """The relative error that the comparison would have seen, where rounding was measured."""
    note: str = ""
    """What a reader must know of the proof."""
    version: str = ""
    device_name: str = ""

    @property
    def steady_seconds(self) -> float:
        """Median over the rounds."""
        return median(self.samples) if self.samples else math.nan


@dataclass
class Bound:
    """What bounds the time of a result: the bytes that must move, or the arithmetic."""

    bytes: float = 0
    operations: float = 0
    counted: str = ""
    """The port whose operations these are; none where the spec states them."""
    unseen: list[str] = field(default_factory=list)
    """What of it could not be counted."""
    moving: float = math.nan
    """Seconds that moving the bytes takes at least, and computing: as in the best round."""
    computing: float = math.nan
    reason: str = ""
    """Why there is no limit, or none to the arithmetic."""


@dataclass
class Session:
    """Ports of one kernel, measured together."""

    kernel: Target
    size: str
    dtype: str
    device: str
    threads: str
    """1, or all: the processors this process may use."""
    reference: str
    bits: bool
    """Were the outputs compared to the last bit?"""
    python: str
    processors: int
    ports: dict[str, Figures]
    limit: list[float] = field(default_factory=list)
    """Seconds that the result takes at least on this machine, one sample a round."""
    bound: Bound = field(default_factory=Bound)

    def ratios(self, port: str, other: str = "") -> list[float]:
        """Time relative to another port's, if none is named the reference's, round by round."""
        mine, its = self.ports[port].samples, self.ports[other or self.reference].samples
        return [a / b for a, b in zip(mine, its, strict=True)] if mine and its else []

    def spread(self, port: str) -> float:
        """How far apart the middle half of the ratios lies, as a share of their median."""
        ratios = self.ratios(port)
        if len(ratios) < 2:
            return 0.0
        low, middle, high = quantiles(ratios, n=4)
        return (high - low) / middle

    def over_limit(self, port: str) -> list[float]:
        """Time relative to the machine's limit: to the best that it showed, which flatters none."""
        return [sample / min(self.limit) for sample in self.ports[port].samples if self.limit]

    def relative(self, port: str) -> float:
        """Time relative to the reference's: the median over the rounds."""
        return median(self.ratios(port) or [math.nan])

    def share(self, port: str) -> float:
        """Share of the machine's limit that a port reaches, 1 at best: median over the rounds."""
        return 1 / median(self.over_limit(port) or [math.nan])

    def break_even(self, port: str) -> float:
        """From how many calls on is the port, its first call included, faster than the reference?

        Infinity where it never is.
        """
        mine, reference = self.ports[port], self.ports[self.reference]
        if not mine.samples or not reference.samples:
            return math.nan
        ahead = reference.steady_seconds - mine.steady_seconds
        behind = mine.first_call_seconds - reference.first_call_seconds
        if port == self.reference or (behind <= 0 and ahead >= 0):
            return 1
        return math.inf if ahead <= 0 else 1 + math.ceil(behind / ahead)

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all."""
        write_whole(path, json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Path) -> "Session":
        """Read what `save` wrote."""
        return cls.of(json.loads(path.read_text()))

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Session":
        """The session that `asdict` was made of."""
        ports = {
            name: Figures(**figures | {"status": Status(figures["status"])})
            for name, figures in data["ports"].items()
        }
        kernel = data["kernel"]
        kernel = tuple(kernel) if isinstance(kernel, list) else kernel
        bound = Bound(**data.get("bound", {}))
        return cls(**data | {"ports": ports, "kernel": kernel, "bound": bound})


def failed(figures: Figures, reply: dict) -> bool:
    """Is this reply an error? Then the port has a status and a reason, and no samples."""
    if "error" not in reply:
        return False
    states = {"Unavailable": Status.UNAVAILABLE, "Different": Status.DIFFERENT}
    figures.status = states.get(reply["error"], Status.FAILED)
    known = ("Unavailable", "Different", "Broken", "Timeout", "Died")
    prefix = "" if reply["error"] in known else f"{reply['error']}: "
    figures.reason = prefix + reply["reason"]
    if re.search("read-?only", reply["reason"], re.IGNORECASE):
        figures.reason += ". A port must not change its arguments: let it work on a copy"
    figures.samples = []
    return True


def taken(figures: Figures, reply: dict) -> bool:
    """Is this reply no error? Then what it says is kept among a port's figures."""
    if failed(figures, reply):
        return False
    for name, value in reply.items():
        setattr(figures, name, value)
    return True


def unproven(session: Session, figures: Figures) -> bool:
    """Has the reference failed, so that there is nothing to compare a port with?"""
    reference = session.ports[session.reference]
    if reference.status == Status.MEASURED:
        return False
    figures.status = Status.FAILED
    figures.reason = f"nothing to compare it with: {reference.port} {reference.status}"
    return True


class Interrupted(KeyboardInterrupt):
    """Ctrl-C; `session` has what was measured until then."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
