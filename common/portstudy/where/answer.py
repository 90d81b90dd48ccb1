"""What is said of a port that goes wrong: the line, its counterpart, the numbers, and a guess."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from portstudy.where.align import SAME, Aligned, trivial
from portstudy.where.guess import guess
from portstudy.where.instrument import Site
from portstudy.where.record import Recorder
from portstudy.where.search import Found

SHOWN = 4
"""Elements, and further lines, that are shown at most."""


@dataclass
class Place:
    """A part of one of the two files."""

    file: Path
    agrees: int
    """The last line whose value both functions have; 0 where there is none."""
    differs: int
    """The first line whose value only this function has; 0 where there is none."""
    name: str = ""
    """What is set there, or the expression."""
    turn: str = ""
    """The turns of the loops around it."""


@dataclass
class Answer:
    """Where a port goes wrong."""

    size: str
    what: str
    port: Place
    original: Place
    elements: list[tuple[str, float, float]] = field(default_factory=list)
    """Index, expected, got."""
    guess: str = ""
    others: list[Site] = field(default_factory=list)
    """Where it may be as well."""
    complete: bool = True
    common: bool = True
    """Have the two any value in common, but for the arguments?"""


def answer(found: Found) -> Answer:
    """The words for what was found."""
    mine, theirs = found.mine, found.theirs
    first = found.lines[0] if found.lines else None
    event = _event_at(mine, first)
    partner = _counterpart(found, event)
    port = _place(mine, event, first)
    if partner is None and theirs.suspects:
        partner = theirs.suspects[0]
    original = _place(theirs, partner, None)
    said = Answer(found.size.words, found.what, port, original, others=found.lines[1:SHOWN],
                  complete=found.complete, common=_common(mine))  # fmt: skip
    if event is not None and partner is not None:
        want, got = _together(theirs.recorder, partner, mine.recorder, event)
        said.guess = guess(want, got)
        if want.shape == got.shape:
            with np.errstate(all="ignore"):
                apart = ~(np.abs(want - got) <= SAME * np.abs(want))
                apart &= ~((want == got) | (np.isnan(want) & np.isnan(got)))
            for index in np.argwhere(apart)[:SHOWN]:
                at = tuple(int(i) for i in index)
                said.elements.append((str(list(at)), float(want[at]), float(got[at])))
    elif event is not None:
        value = np.atleast_1d(mine.recorder.value[event])
        if np.isnan(value).any():
            said.guess = "NaN: what was never written, or 0 / 0"
    return said


def _common(side: Aligned) -> bool:
    """Is there a value of both that is no argument?"""
    recorder = side.recorder
    return any(
        recorder.sites[recorder.site[x]].kind != "parameter" for x in np.flatnonzero(side.good)
    )


def _event_at(side: Aligned, site: Site | None) -> int | None:
    """The first suspect event of a line, or else the first event."""
    if site is None:
        return None
    recorder = side.recorder

    def here(event: int) -> bool:
        x = recorder.sites[recorder.site[event]]
        return (x.file, x.line) == (site.file, site.line) and x.kind != "test"

    every = [x for x in range(len(recorder.site)) if here(x)]
    suspects = [x for x in every if side.bad[x] and not side.excused[x]]
    found = suspects or [x for x in every if side.bad[x]] or every
    if not found:
        return None
    start = found[0]
    # The last value of the statement: what it sets, not a part of it.
    turn = recorder.turn_of[start]
    for event in found:
        if event - start > 40 or recorder.turn_of[event] is not turn:
            break
        if site.line <= recorder.sites[recorder.site[event]].line <= site.last:
            last = event
    return last


def _place(side: Aligned, event: int | None, site: Site | None) -> Place:
    recorder = side.recorder
    if event is None:
        file = site.file if site else recorder.sites[0].file if recorder.sites else Path()
        return Place(file, 0, site.line if site else 0, site.text if site else "")
    here = recorder.sites[recorder.site[event]]
    agrees = 0
    for before in range(event - 1, max(event - 5000, -1), -1):
        x = recorder.sites[recorder.site[before]]
        if side.good[before] and x.file == here.file and x.line != here.line:
            if x.kind != "parameter":
                agrees = x.line
                break
            agrees = agrees or x.line
    name = here.text
    for named, made in recorder.names:
        if made == event:
            name = recorder.sites[named].text
            break
    return Place(here.file, agrees, here.line, name, turns(recorder, event))


def turns(recorder: Recorder, event: int) -> str:
    """The turns of the loops around an event, the outermost first."""
    found = []
    turn = recorder.turn_of[event]
    while turn is not None:
        turn, site, number, value = turn
        name = recorder.sites[site].text
        found.append(f"{name} = {value}" if value is not None else f"turn {number} of {name}")
    return ", ".join(reversed(found))


def _name_of(recorder: Recorder, event: int) -> str:
    for site, made in recorder.names:
        if made == event:
            return recorder.sites[site].text.split("[")[0].split(".")[-1]
    here = recorder.sites[recorder.site[event]]
    return here.text.split("[")[0] if here.kind in ("name", "element") else ""


def _counterpart(found: Found, event: int | None) -> int | None:
    """The original's value that the port should have had there, as far as can be told."""
    mine, theirs = found.mine, found.theirs
    if event is None:
        return None
    missing = theirs.suspects[:400]
    if not missing:
        return None
    name = _name_of(mine.recorder, event)
    count = sum(np.size(mine.recorder.value[x]) for x in _alike(mine.recorder, event))
    size = int(np.size(mine.recorder.value[event]))
    reads = _numbers_read(mine.recorder, event)

    def worth(other: int) -> tuple[float, int]:
        score = 0.0
        n = int(np.size(theirs.recorder.value[other]))
        if name and _name_of(theirs.recorder, other) == name:
            score += 2
        if n in (size, count):
            score += 1
        if reads & _numbers_read(theirs.recorder, other):
            score += 1
        if not _tells(theirs.recorder, other):
            score -= 3
        return -score, other

    best = min(missing, key=worth)
    return best if worth(best)[0] < 0 else None


def _tells(recorder: Recorder, event: int) -> bool:
    values = np.atleast_1d(recorder.value[event])
    return bool(np.isfinite(values).any() and not trivial(values).all())


def _numbers_read(recorder: Recorder, event: int) -> set[float]:
    found: set[float] = set()
    for read in recorder.reads[event]:
        values = np.atleast_1d(recorder.value[read])[:64]
        found |= {float(f"{x:.10g}") for x in values[~trivial(values)].tolist()}
    return found


def _alike(recorder: Recorder, event: int) -> list[int]:
    """All events of the same site."""
    site = recorder.site[event]
    return [x for x in range(len(recorder.site)) if recorder.site[x] == site]


def _together(
    theirs: Recorder, partner: int, mine: Recorder, event: int
) -> tuple[np.ndarray, np.ndarray]:
    """Both values as arrays: elements of a loop are gathered where the other has an array."""
    want = np.reshape(theirs.value[partner], theirs.shape[partner])
    got = np.reshape(mine.value[event], mine.shape[event])
    if want.size > got.size and want.size % got.size == 0:
        every = [np.ravel(mine.value[x]) for x in _alike(mine, event)]
        flat = np.concatenate(every)
        if flat.size >= want.size and flat.size % want.size == 0:
            got = flat[: want.size]
            return want, _in_order(want, got)
    if (want.size == got.size and want.shape != got.shape) or (
        want.shape == got.shape and want.ndim > 1
    ):
        got = _in_order(want, got)
    return want, got


def _in_order(want: np.ndarray, got: np.ndarray) -> np.ndarray:
    """The same numbers in the shape and order of axes in which most agree."""
    best, most = got.reshape(want.shape), -1
    for axes in itertools.islice(itertools.permutations(range(want.ndim)), 24):
        shape = tuple(want.shape[i] for i in axes)
        turned = got.reshape(shape).transpose(np.argsort(axes))
        with np.errstate(all="ignore"):
            same = int((np.abs(turned - want) <= SAME * np.abs(want)).sum())
        if same > most:
            best, most = turned, same
    return best
