"""What became slower, and with which commit, judged by relative time alone.

asv finds the steps (`asv publish`, by the thresholds of asv.conf.json). Here they are named:
kernel, port, commit. So is a port that lost its figure because its proof failed, which asv shows
as a gap.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from portstudy.find import kernels
from portstudy.history.results import benchmark_class, cells, sort_out

WATCHED = "track_relative_time_one_thread"
"""The figure that stays within a few percent as long as the code is the same."""


class Finding(NamedTuple):
    """A port that became slower or lost its figure."""

    kernel: str
    port: str
    size: str
    where: str
    """What else tells the series from others: machine and versions, if there are several."""
    after: str
    """The last commit that was measured before; "" if it is the parent of the next."""
    commit: str
    ratio: float
    """Relative time after over before; infinity if there is no figure after."""

    def __str__(self) -> str:
        since = f"{self.commit[:8]}" if not self.after else f"{self.after[:8]}..{self.commit[:8]}"
        what = (
            "has no figure" if math.isinf(self.ratio) else f"takes {self.ratio:.2f} times as long"
        )
        where = f" ({self.where})" if self.where else ""
        return f"{self.kernel}/{self.port} at {self.size} {what} since {since}{where}"


def slower(html: Path) -> list[Finding]:
    """The steps that asv found when it published, the last one first."""
    names = {f"ports.{benchmark_class(name)}": name for name in kernels()}
    commits = json.loads((html / "index.json").read_text())["revision_to_hash"]
    found = []
    for entry, _, where, _, _, _, jumps in json.loads((html / "regressions.json").read_text())[
        "regressions"
    ]:
        match = re.fullmatch(rf"(ports\.\w+)\.{WATCHED}\('(\w+)', '(\w+)'\)", entry)
        if match is None or match[1] not in names:
            continue
        apart = {key: value for key, value in where.items() if not key.startswith("env-")}
        series = ", ".join(f"{key} {value}" for key, value in apart.items())
        for before, after, old, new in reversed(jumps):
            found.append(
                Finding(
                    names[match[1]], match[2], match[3], series,
                    "" if before is None else commits[str(before)], commits[str(after)], new / old,
                )
            )  # fmt: skip
    return found


def lost(folder: Path, history: Sequence[str]) -> list[Finding]:
    """Ports whose newest measurement failed after an earlier one that had not, and since when."""
    order = {commit: number for number, commit in enumerate(history)}
    series: dict[tuple, list[tuple[int, bool]]] = {}
    for path in sort_out(folder)[0]:
        data = json.loads(path.read_text())
        if data["commit_hash"] not in order:
            continue
        for name in kernels():
            figure = f"ports.{benchmark_class(name)}.{WATCHED}"
            for (port, size), value in cells(data, figure).items():
                if value is None or value == value:  # NaN: not selected, or not available
                    key = (name, port, size, path.parent.name, data["env_name"])
                    series.setdefault(key, []).append((order[data["commit_hash"]], value is None))
    found = []
    for (name, port, size, machine, environment), points in series.items():
        points.sort()
        failing = 0
        while failing < len(points) and points[-1 - failing][1]:
            failing += 1
        if 0 < failing < len(points):
            first, last = points[-failing][0], points[-failing - 1][0]
            before = "" if first == last + 1 else history[last]
            where = f"{machine}, {environment}"
            found.append(Finding(name, port, size, where, before, history[first], math.inf))
    return found


class Change(NamedTuple):
    """A port's relative time at commit B over that at commit A."""

    kernel: str
    size: str
    port: str
    ratio: float
    low: float
    high: float
    """The smallest and the largest ratio of any session of B to any of A."""
    why: str = ""
    """Why there is no ratio."""

    @property
    def verdict(self) -> str:
        """`worse` or `better` if every session of B was, by more than `NOTICED`."""
        if self.why:
            return "fails"
        if self.low > NOTICED:
            return "worse"
        return "better" if self.high < 1 / NOTICED else "same"


NOTICED = 1.05
"""On a quiet machine, relative time differs by up to this much between sessions of one code."""


def change(
    kernel: str,
    size: str,
    port: str,
    a: Sequence[Mapping[str, Any]],
    b: Sequence[Mapping[str, Any]],
) -> Change:
    """How a port changed from A to B, whose sessions are `{port: relative time, or why none}`."""
    before, after = (
        [session[port] for session in sessions if port in session] for sessions in (a, b)
    )
    why = next((value for value in (*before, *after) if isinstance(value, str)), "")
    if not why and not (before and after):
        why = "is measured in one of them alone" if before or after else "is measured in neither"
    if why:
        return Change(kernel, size, port, math.nan, math.nan, math.nan, why)
    return Change(
        kernel, size, port, median(after) / median(before),
        min(after) / max(before), max(after) / min(before),
    )  # fmt: skip
