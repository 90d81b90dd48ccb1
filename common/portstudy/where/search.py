"""The line: the first value that only the port has, on inputs as small as show the difference."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from portstudy.kernel import Port
from portstudy.trees import leaves
from portstudy.where.align import Aligned, Pool, align, pool, trivial
from portstudy.where.instrument import Site
from portstudy.where.record import UNWRITTEN, Recorder, TooLong
from portstudy.where.shrink import Size, difference, sizes, smaller_sizes
from portstudy.where.uncompiled import Run, Uncompiled, arrays

LONG = 0.02
"""Seconds above which a run is worth making smaller."""
MAKES = re.compile(r"\b(empty|zeros|ones|full|arange|iota|eye)(_like)?\(")
"""Calls that make an array for others to write to."""


@dataclass
class Found:
    """Two recordings of runs that differ."""

    size: Size
    what: str
    """How the outputs differ."""
    mine: Aligned
    """The port's."""
    theirs: Aligned
    """The original's."""
    expected: Run
    given: Run
    complete: bool = True
    """Were both recorded up to the end?"""
    detours: set[int] = field(default_factory=set)
    """Sites at which the port has values of its own even where its outputs are right."""
    lines: list[Site] = field(default_factory=list)
    """Where the mistake may be, the likeliest first."""
    why: list[str] = field(default_factory=list)
    """What speaks for each."""


class Search:
    """Looks for the line of one port; the original's runs are remembered."""

    def __init__(self, reference: Port, seconds: float = 10.0) -> None:
        self.reference = reference
        self.original = Uncompiled(reference, seconds=seconds)
        self.sizes: list[Size] = []
        self.more = sizes(reference.kernel)
        self.runs: dict[int, Run | None] = {}
        self.same = self.stopped = ""
        """The last inputs on which the two were the same; those on which the port took too long."""

    def size(self, number: int) -> Size | None:
        """The size of this number, from small to large; None after the last."""
        while len(self.sizes) <= number:
            found = next(self.more, None)
            if found is None:
                return None
            self.sizes.append(found)
        return self.sizes[number]

    def find(self, port: Port, source: str = "", seconds: float = 10.0) -> Found | None:
        """The line, or None where the two do not differ uncompiled. Raises what the port does."""
        wrong = Uncompiled(port, source, seconds)
        number, agreeing = 0, None
        while (size := self.size(number)) is not None:
            if number not in self.runs:
                try:
                    self.runs[number] = self.original.run(size.arguments)
                except (Exception, TooLong):  # what the original refuses is no input
                    self.runs[number] = None
            expected = self.runs[number]
            number += 1
            if size.tiny and port.backend.package in ("jax", "torch"):
                continue  # where each shape is compiled anew, operation by operation
            if expected is None:
                continue
            try:
                given = wrong.run(size.arguments)
            except TooLong:
                self.stopped = size.words
                return None
            what = difference(self.reference, port, expected, given)
            if what and size.tiny:
                continue
            if what:
                size, expected, given, what = self.shrunk(wrong, size, expected, given, what)
                return self.located(wrong, size, what, expected, given, agreeing)
            self.same, agreeing = size.words, (size, expected, given)
        return None

    def shrunk(
        self, wrong: Uncompiled, size: Size, expected: Run, given: Run, what: str
    ) -> tuple[Size, Run, Run, str]:
        """Each size made smaller on its own, as long as the two differ and a run is long."""
        port = wrong.port
        for smaller in smaller_sizes(port.kernel, size):
            if given.seconds < LONG:
                break
            try:
                a, b = self.original.run(smaller.arguments), wrong.run(smaller.arguments)
            except (Exception, TooLong):
                continue
            if said := difference(self.reference, port, a, b):
                return self.shrunk(wrong, smaller, a, b, said)
        return size, expected, given, what

    def detours(self, wrong: Uncompiled, size: Size, expected: Run, given: Run) -> set[int]:
        """Sites of the port with values of its own, on inputs on which its outputs are right."""
        for run in (self.original, wrong):
            run.run(size.arguments, recorded=True)
        more = [*arrays(size.arguments), *expected.outputs, *expected.changed]
        mine = align(wrong.recorder, pool(self.original.recorder, more))
        return {wrong.recorder.site[x] for x in np.flatnonzero(mine.bad)}

    def located(
        self, wrong: Uncompiled, size: Size, what: str, expected: Run, given: Run,
        agreeing: tuple[Size, Run, Run] | None,
    ) -> Found:  # fmt: skip
        """Both recordings on inputs that show the difference, aligned."""
        detours = self.detours(wrong, *agreeing) if agreeing else set()
        whole = [x.run(size.arguments, recorded=True).complete for x in (self.original, wrong)]
        ours, theirs = wrong.recorder, self.original.recorder
        inputs = arrays(size.arguments)
        mine = align(ours, pool(theirs, [*inputs, *expected.outputs, *expected.changed]))
        other = align(theirs, pool(ours, [*inputs, *given.outputs, *given.changed]))
        found = Found(size, what, mine, other, expected, given, all(whole), detours)
        ranking = Ranking(found)
        ranked = ranking.lines()
        found.lines = [ours.sites[x] for x in ranked]
        found.why = [f"{ranking.why[x]} {ranking.scores[x]:.2f}" for x in ranked]
        return found


class Ranking:
    """What speaks for each line. The first value that only the port has is the start."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.mine, self.theirs = found.mine, found.theirs
        self.recorder = self.mine.recorder
        self.scores: dict[int, float] = {}
        self.why: dict[int, str] = {}
        other = self.theirs.recorder
        self.lengths = {n for shape in other.shape for n in shape}
        self.lengths |= {n for counts in other.counts.values() for n in counts}
        self.lengths |= {x for x in leaves(found.size.arguments) if type(x) is int}
        self.lengths |= {n for x in arrays(found.size.arguments) for n in x.shape}
        self.prefixes = list(_truths(other))
        self.events_of: dict[int, list[int]] = defaultdict(list)
        for event, at in enumerate(self.recorder.site):
            self.events_of[at].append(event)
        self.first = 0
        self.pools = _by_name(other)

    def lines(self) -> list[int]:
        """The sites, one a line, by what speaks for them."""
        recorder = self.recorder
        firsts: dict[tuple[Path, int], int] = {}
        told: dict[tuple[Path, int], bool] = {}
        tries: dict[tuple[Path, int], int] = defaultdict(int)
        for event in self.mine.suspects:
            site = recorder.sites[recorder.site[event]]
            place = site.file, site.line
            if place not in firsts:
                firsts[place] = event
                told[place] = self.telling(event)
            elif not told[place] and tries[place] < 50:
                tries[place] += 1
                if self.telling(event):
                    firsts[place], told[place] = event, True
        order = sorted(firsts.values())
        suspects = set(self.mine.suspects)
        order = [x for x in order if self.telling(x)] + [x for x in order if not self.telling(x)]
        self.first = order[0] if order else len(recorder.site)
        for number, event in enumerate(order[:12]):
            after = any(x in suspects for x in recorder.reads[event])
            score = 1.0 if number == 0 else (0.555 if after else 0.62) - 0.01 * number
            self.add(recorder.site[event], score, "suspect")
        for turn, counts in recorder.counts.items():
            self.turns(turn, counts, 0.9, 0.0)
        if order:
            self.around(order[0], 1.0)
            wrong = self.other_names()
            for event, score in zip(order[:3], (0.95, 0.8, 0.7), strict=False):
                self.misnamed(event, wrong, score)
        else:
            self.without()
        best: dict[tuple[Path, int], int] = {}
        for number in sorted(self.scores, key=lambda x: -self.scores[x]):
            here = recorder.sites[number]
            best.setdefault((here.file, here.line), number)
        return list(best.values())

    def telling(self, event: int) -> bool:
        """Is it a number that comes from data, and was computed there?

        Numbers that come from constants alone are made in many ways: 1 / 21 is no mistake.
        """
        recorder = self.recorder
        value = np.atleast_1d(recorder.value[event])
        site = recorder.sites[recorder.site[event]]
        if recorder.site[event] in self.found.detours:
            return False
        if site.kind in ("selection", "parameter") and not np.isnan(value).any():
            return False
        seen: set[int] = set()
        stack = [event]
        while stack and len(seen) < 200:
            now = stack.pop()
            if now in seen:
                continue
            seen.add(now)
            if np.size(recorder.value[now]) > 1 or recorder.sites[recorder.site[now]].kind in (
                "element", "selection",
            ):  # fmt: skip
                return True
            stack += recorder.reads[now]
        return len(seen) >= 200

    def strange(self, site: int) -> bool:
        """Truth values, or counts, as far as they were made: does the original lack them?"""
        recorder = self.recorder
        bits = [np.atleast_1d(recorder.value[x]) for x in self.events_of[site] if x < self.first]
        if not bits:
            return False
        every = np.concatenate(bits)
        if len(every) < 2 or not ((every == 0) | (every == 1)).all():
            return False
        sums = np.concatenate([[0], np.cumsum(every)])
        for counts, trues in self.prefixes:
            known = np.flatnonzero(counts <= len(every))
            if len(known) and 2 * counts[known[-1]] > len(every):
                n, true = counts[known[-1]], trues[known[-1]]
                if sums[n] == true or (0 < true < n and sums[n] == n - true):
                    return False
        return True

    def add(self, site: int, score: float, why: str) -> None:
        """The best of what speaks for a site counts."""
        if score > self.scores.get(site, 0.0):
            self.scores[site] = score
            self.why[site] = why

    def misnamed(self, event: int, wrong: dict[int, int], score: float) -> None:
        """What the first suspects read under a name by which the original has other numbers."""
        recorder = self.recorder
        here = recorder.sites[recorder.site[event]]
        read = set(recorder.reads[event])
        for near in range(max(0, event - 40), min(event + 40, len(recorder.site))):
            x = recorder.sites[recorder.site[near]]
            if (x.file, x.line) == (here.file, here.line):
                read |= set(recorder.reads[near])
        for site, made in wrong.items():
            x = recorder.sites[site]
            if made not in read or made > event:
                continue
            if x.kind == "parameter" and x.function == here.function:
                for i, y in enumerate(recorder.sites):
                    if any(name == x.function for _, name in y.keys) and y.kind == "value":
                        self.add(i, score - 0.01, "argument")
            elif x.kind == "name" and (x.file, x.line) != (here.file, here.line):
                self.add(site, score, "name")

    def around(self, event: int, scale: float) -> None:
        """What the first suspect is made of, and what decides whether it is made."""
        recorder = self.recorder
        start = recorder.sites[recorder.site[event]]
        if event in recorder.narrow:
            self.narrow(event)
        here = [i for i, x in enumerate(recorder.sites)
                if x.file == start.file and x.line == start.line]  # fmt: skip
        sources = self.sources({key for i in here for key in recorder.sites[i].keys}, start)
        for i in sources:
            site = recorder.sites[i]
            if (site.file, site.line) == (start.file, start.line):
                continue
            self.add(i, self.depth(site, start), "source")
            self.controls(site, 0.45)
        self.controls(start, 0.55)
        self.back(event)

    def sources(self, keys: set, start: Site) -> list[int]:
        """The places that set these variables, or elements of them."""
        names = {name for _, name in keys}
        return [
            i for i, x in enumerate(self.recorder.sites)
            if x.kind in ("name", "element") and (
                x.target in keys
                or (x.kind == "element" and x.function == start.function
                    and x.file == start.file and x.text.split("[")[0] in names)
            )
        ]  # fmt: skip

    def depth(self, site: Site, start: Site) -> float:
        """What a loop makes that is over by then, such as a sum, is the likeliest to be wrong."""
        if not site.function:
            return 0.2
        deeper = len(site.controls) - len(start.controls)
        return 0.57 if deeper > 0 else 0.5 if deeper == 0 else 0.46

    def back(self, event: int) -> None:
        """Counts and truth values that it comes from, which are too common to be told apart."""
        recorder, mine = self.recorder, self.mine
        stack, seen = [(x, 0) for x in recorder.reads[event]], set()
        while stack:
            now, depth = stack.pop()
            if now in seen or mine.good[now] or depth > 6:
                continue
            seen.add(now)
            site = recorder.sites[recorder.site[now]]
            if not mine.bad[now] and site.kind in ("value", "name", "test"):
                strange = self.strange(recorder.site[now])
                made = MAKES.search(site.text) is not None
                score = 0.9 if strange and not made else 0.44 if made else 0.56
                self.add(recorder.site[now], score - 0.02 * depth, "whole")
            stack += [(x, depth + 1) for x in recorder.reads[now]]

    def controls(self, site: Site, base: float) -> None:
        """The conditions and loops around a site."""
        recorder = self.recorder
        for i, x in enumerate(recorder.sites):
            if x.file != site.file or x.line not in site.controls:
                continue
            if x.kind == "turn":
                self.turns(i, recorder.counts.get(i, []), 1.3, base - 0.05)
            elif x.kind == "test":
                strange = self.strange(i)
                self.add(i, base + 0.2 if strange else base - 0.1, "test")
                for k in self.sources(set(x.keys) | {
                    key for y in recorder.sites if (y.file, y.line) == (x.file, x.line)
                    for key in y.keys
                }, x) if strange else ():  # fmt: skip
                    if self.strange(k):
                        self.add(k, base + 0.23, "test")

    def turns(self, site: int, found: list[int], strange: float, usual: float) -> None:
        """A loop: is it one turn off all lengths that the original knows?"""
        counts = set(found)
        if counts == {0}:
            self.add(site, 0.53, "turns")
        odd = len(counts) == 1 and not counts & self.lengths and counts != {1}
        near = any(n + d in self.lengths for n in counts for d in (-1, 1))
        self.add(site, strange if odd and near else usual, "turns")

    def other_names(self) -> dict[int, int]:
        """Sites of names that the original has for other numbers: each with its first event."""
        recorder = self.recorder
        found: dict[int, int] = {}
        for site, event in recorder.names:
            pool = self.pools.get(_plain(recorder.sites[site].text))
            if pool is None or site in found:
                continue
            values = np.atleast_1d(recorder.value[event])
            telling = ~trivial(values) & np.isfinite(values)
            if not telling.any() or UNWRITTEN.search(recorder.sites[recorder.site[event]].text):
                continue
            scale = np.full(len(values), np.max(np.abs(values[telling])))
            if (~pool.has(values, scale) & telling).any():
                found[site] = event
        return found

    def narrow(self, event: int) -> None:
        """Where float32 comes from: the first of the values that this one is made of."""
        recorder = self.recorder
        seen, stack = set(), [event]
        while stack:
            now = stack.pop()
            if now in seen:
                continue
            seen.add(now)
            stack += [x for x in recorder.reads[now] if x in recorder.narrow]
            into = recorder.into.get(now)
            if into is not None:
                stack += [x for x, y in recorder.container_of.items() if y == into]
        self.add(recorder.site[min(seen)], 1.4, "float32")

    def without(self) -> None:
        """All that the port computes the original has too: it stands in the wrong place."""
        recorder = self.recorder
        if recorder.narrow:
            self.add(recorder.site[min(recorder.narrow)], 1.4, "float32")
        lost = self.misplaced()
        share: dict[int, list[bool]] = defaultdict(list)
        for event, site in enumerate(recorder.site):
            if recorder.sites[site].kind == "element":
                share[site] += [x in lost for x in np.atleast_1d(recorder.value[event]).tolist()]
        if recorder.returned < 0:
            return
        start = recorder.sites[recorder.returned]
        self.add(recorder.returned, 0.5, "return")
        keys = {key for x in recorder.sites for key in x.keys
                if (x.file, x.line) == (start.file, start.line)}  # fmt: skip
        self.unwritten({name for _, name in keys})
        for i in self.sources(keys, start):
            x = recorder.sites[i]
            self.add(i, self.depth(x, start), "source")
            self.controls(x, 0.55 if x.kind == "element" else 0.4)
        for i, x in enumerate(recorder.sites):
            if x.kind == "element" and share[i]:
                self.add(i, 0.45 + 0.5 * sum(share[i]) / len(share[i]), "misplaced")
        for event in {x for site in start.children for x in recorder.last.get(site, ())} | {
            x for key in start.keys for x in recorder.defs.get(key, ())
        }:
            self.back(event)
            if not self.mine.bad[event] and not self.mine.good[event]:
                made = MAKES.search(recorder.sites[recorder.site[event]].text)
                self.add(recorder.site[event], 0.44 if made else 0.52, "whole")

    def unwritten(self, returned: set[str]) -> None:
        """Elements that are never written: the loop whose turns they would be."""
        recorder = self.recorder
        for array in self.found.given.outputs:
            if array.dtype.kind != "f" or not 0 < np.isnan(array).sum() < array.size:
                continue
            index = np.argwhere(np.isnan(array))
            for i, x in enumerate(recorder.sites):
                if x.kind != "element" or x.text.split("[")[0] not in returned:
                    continue
                places = x.text[x.text.index("[") + 1 : -1].split(", ")
                if len(places) != array.ndim:
                    continue
                for axis, name in enumerate(places):
                    lost = set(index[:, axis].tolist())
                    whole = len(index) == len(lost) * array.size // array.shape[axis]
                    if len(lost) < array.shape[axis] and whole:
                        for k, y in enumerate(recorder.sites):
                            if y.kind == "turn" and y.line in x.controls and y.text == name:
                                self.add(k, 1.2, "unwritten")
                self.add(i, 0.8, "unwritten")

    def misplaced(self) -> set[float]:
        """The numbers that should stand where others do."""
        lost: set[float] = set()
        for want, got in zip(self.found.expected.outputs, self.found.given.outputs, strict=False):
            if want.shape == got.shape and want.dtype.kind in "fiu":
                with np.errstate(all="ignore"):
                    away = ~np.isclose(want, got, rtol=1e-11, atol=0, equal_nan=True)
                lost |= {*want[away].astype(float).ravel().tolist()}
                lost |= {*got[away].astype(float).ravel().tolist()}
        return {x for x in lost if x == x}


def _plain(text: str) -> str:
    """The name that is set: of `a.b[i]`, b."""
    return text.split("[")[0].split(".")[-1]


def _by_name(recorder: Recorder) -> dict[str, Pool]:
    """All numbers that each name of a recording has."""
    events: dict[str, set[int]] = defaultdict(set)
    for site, event in recorder.names:
        events[_plain(recorder.sites[site].text)].add(event)
    return {
        name: Pool(np.unique(np.concatenate([np.atleast_1d(recorder.value[x]) for x in found])),
                   True, True)
        for name, found in events.items()
    }  # fmt: skip


def _truths(recorder: Recorder) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Of each site that gives truth values: how many there were, and were true, event by event."""
    found: dict[int, list[np.ndarray]] = defaultdict(list)
    for event, site in enumerate(recorder.site):
        found[site].append(np.atleast_1d(recorder.value[event]))
    for values in found.values():
        every = np.concatenate(values)
        if ((every == 0) | (every == 1)).all():
            yield np.cumsum([len(x) for x in values]), np.cumsum([x.sum() for x in values])
