"""Two recordings, aligned by value: what both functions have, and what only one has.

A value is the same if it is so up to rounding, wherever it stands: ports rename, transpose and
reorder, and a loop has one element at a time where the original has an array. So elements are
looked up one by one, among all that the other function computes. Small whole numbers say nothing.

A value that the original lacks is no mistake in itself: a port may go another way for a while. It
is excused if something is computed from it that the original has.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from portstudy.where.record import SAYS_NOTHING, SMALL, Recorder

SAME = 1e-11
"""The relative difference up to which values are the same."""
LOST = 1e-13
"""The same, in units of the largest value that a place makes: digits that cancel."""
SELECTS = re.compile(
    r"\b(where|maximum|minimum|max|min|clip|clamp|concatenate|stack|vstack|hstack|cat|sort|take"
    r"|asarray|array|copy|reshape|astype|transpose|swapaxes|broadcast_to|select|set|float64|roll"
    r"|repeat|tile|ravel|flatten|squeeze|expand_dims|moveaxis|pad|unique|compress|float|abs)\("
)
"""Calls that hand on what they are given."""


@dataclass
class Pool:
    """All numbers that a function computes."""

    sorted: np.ndarray
    nan: bool
    infinite: bool

    def has(self, values: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Which of these numbers it has, up to rounding."""
        if len(self.sorted) == 0:
            return np.zeros(len(values), bool)
        right = np.searchsorted(self.sorted, values).clip(0, len(self.sorted) - 1)
        left = (right - 1).clip(0)
        with np.errstate(all="ignore"):
            apart = np.minimum(
                np.abs(self.sorted[right] - values), np.abs(self.sorted[left] - values)
            )
            found = apart <= SAME * np.abs(values) + LOST * scale
        found[np.isnan(values)] = self.nan
        found[np.isinf(values)] = self.infinite
        return found


def _unwritten(recorder: Recorder) -> np.ndarray:
    """Of each site: does it make an array that nothing was written to?"""
    return np.array([bool(SAYS_NOTHING.search(x.text)) for x in recorder.sites], bool)


def trivial(values: np.ndarray) -> np.ndarray:
    """Small whole numbers."""
    return (np.abs(values) <= SMALL) & (values == np.rint(values))


def flat(recorder: Recorder) -> tuple[np.ndarray, np.ndarray]:
    """All recorded numbers, and the event of each."""
    sizes = [1 if isinstance(x, float) else len(x) for x in recorder.value]
    values = np.concatenate([np.empty(0), *map(np.atleast_1d, recorder.value)])
    return values, np.repeat(np.arange(len(sizes)), sizes)


def pool(recorder: Recorder, more: list[np.ndarray]) -> Pool:
    """The numbers of a recording, and of these arrays."""
    real = [x.astype(np.float64).ravel() for x in more if x.dtype.kind != "c"]
    for x in more:
        if x.dtype.kind == "c":
            real += [x.real.ravel(), x.imag.ravel()]
    mine, events = flat(recorder)
    if len(mine):
        mine = mine[~_unwritten(recorder)[np.array(recorder.site, int)[events]]]
    values = np.concatenate([mine, *real])
    finite = values[np.isfinite(values)]
    return Pool(
        np.unique(finite[~trivial(finite)]), bool(np.isnan(values).any()),
        bool(np.isinf(values).any()),
    )  # fmt: skip


@dataclass
class Aligned:
    """A recording, compared with all that the other function computes."""

    recorder: Recorder
    bad: np.ndarray
    """Of each event: has it a number that the other has not?"""
    good: np.ndarray
    """Of each event: does it have numbers that tell, and all of them?"""
    excused: np.ndarray
    """Of each event: is something computed from it that both have?"""

    @property
    def suspects(self) -> list[int]:
        """Events that only this function has, and nothing that both have comes from; in time."""
        return np.flatnonzero(self.bad & ~self.excused).tolist()


def align(recorder: Recorder, other: Pool) -> Aligned:
    """Hold a recording against the numbers that the other function computes."""
    count = len(recorder.site)
    values, events = flat(recorder)
    sites = np.array(recorder.site, int)
    largest = np.zeros(len(recorder.sites))
    finite = np.where(np.isfinite(values), np.abs(values), 0.0)
    if count:
        np.maximum.at(largest, sites[events], finite)
    scale = largest[sites[events]] if count else values
    unwritten = _unwritten(recorder)
    telling = ~trivial(values) & ~np.isinf(values)
    if count:
        telling &= ~unwritten[sites[events]]
    found = other.has(values, scale) | (np.abs(values) < LOST * scale)
    missing = telling & ~found
    bad = np.bincount(events[missing], minlength=count) > 0
    good = (np.bincount(events[telling], minlength=count) > 0) & ~bad
    return Aligned(recorder, bad, good, _excused(recorder, bad, good))


def _excused(recorder: Recorder, bad: np.ndarray, good: np.ndarray) -> np.ndarray:
    excused = np.zeros(len(bad), bool)
    whole: dict[int, bool] = defaultdict(bool)
    wholes = set(recorder.into.values())
    for event in range(len(bad) - 1, -1, -1):
        if event in wholes:
            continue
        into = recorder.into.get(event)
        if into is not None and whole[into]:
            excused[event] = True
        passes = _tells(recorder, event) if good[event] else bool(bad[event] and excused[event])
        if not passes:
            continue
        for read in recorder.reads[event]:
            if read in wholes:
                whole[read] = True
            else:
                excused[read] = True
    return excused


def _tells(recorder: Recorder, event: int) -> bool:
    """Is this a number that was computed, rather than one of several that was picked?"""
    site = recorder.sites[recorder.site[event]]
    if site.kind in ("selection", "parameter", "turn", "test") or SELECTS.search(site.text):
        return False
    value: Any = recorder.value[event]
    if isinstance(value, float):
        return all(
            not isinstance(recorder.value[x], float) or abs(recorder.value[x]) != abs(value)
            for x in recorder.reads[event]
        )
    return site.kind != "name" or len(recorder.reads[event]) != 1
