"""The line: the first value that only the port has, on inputs as small as show the difference."""

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
from portstudy.where.shrink import Size, difference, sizes
from portstudy.where.uncompiled import Run, Uncompiled, arrays


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
        number = 0
        while (size := self.size(number)) is not None:
            if number not in self.runs:
                try:
                    self.runs[number] = self.original.run(size.arguments)
                except Exception:  # what the original refuses is no input
                    self.runs[number] = None
            expected = self.runs[number]
            number += 1
            if expected is None:
                continue
            try:
                given = wrong.run(size.arguments)
            except TooLong:
                return None
            what = difference(self.reference, port, expected, given)
            if what:
                return self.located(wrong, size, what, expected, given)
        return None

    def located(
        self, wrong: Uncompiled, size: Size, what: str, expected: Run, given: Run
    ) -> Found:
        """Both recordings on inputs that show the difference, aligned."""
        self.original.run(size.arguments, recorded=True)
        wrong.run(size.arguments, recorded=True)
        ours, theirs = wrong.recorder, self.original.recorder
        inputs = arrays(size.arguments)
        mine = align(ours, pool(theirs, [*inputs, *expected.outputs, *expected.changed]))
        other = align(theirs, pool(ours, [*inputs, *given.outputs, *given.changed]))
        found = Found(size, what, mine, other)
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
        self.truths = set(_truths(other))
        self.mine_truths = dict(_truths_by_site(self.recorder))
        self.pools = _by_name(other)

    def lines(self) -> list[int]:
        """The sites, one a line, by what speaks for them."""
        recorder = self.recorder
        firsts: dict[tuple[Path, int], int] = {}
        for event in self.mine.suspects:
            site = recorder.sites[recorder.site[event]]
            firsts.setdefault((site.file, site.line), event)
        order = list(firsts.values())
        for number, event in enumerate(order):
            self.add(recorder.site[event], 1.0 if number == 0 else 0.6 - 0.02 * number, "suspect")
        wrong = self.other_names()
        if wrong:
            site, event = min(wrong.items(), key=lambda x: x[1])
            if not order or event < order[0]:
                self.add(site, 1.2 if recorder.sites[site].kind != "parameter" else 0.3, "name")
        for site, counts in recorder.counts.items():
            self.turns(site, counts, 0.9, 0.0)
        if order:
            self.around(order[0])
        else:
            self.without()
        best: dict[tuple[Path, int], int] = {}
        for site in sorted(self.scores, key=lambda x: -self.scores[x]):
            here = recorder.sites[site]
            best.setdefault((here.file, here.line), site)
        return list(best.values())

    def add(self, site: int, score: float, why: str) -> None:
        if score > self.scores.get(site, 0.0):
            self.scores[site] = score
            self.why[site] = why

    def around(self, event: int) -> None:
        """What the first suspect is made of, and what decides whether it is made."""
        recorder = self.recorder
        start = recorder.sites[recorder.site[event]]
        if event in recorder.narrow:
            self.narrow(event)
        here = [i for i, x in enumerate(recorder.sites)
                if x.file == start.file and x.line == start.line]  # fmt: skip
        keys = {key for i in here for key in recorder.sites[i].keys}
        names = {name for _, name in keys}
        sources = [
            i for i, x in enumerate(recorder.sites)
            if x.target in keys
            or (x.kind == "element" and x.function == start.function
                and x.text.split("[")[0] in names)
        ]  # fmt: skip
        for i in sources:
            site = recorder.sites[i]
            if (site.file, site.line) == (start.file, start.line):
                continue
            if site.kind == "parameter":
                continue
            self.add(i, 0.5, "source")
        for i in [recorder.site[event], *sources]:
            self.controls(recorder.sites[i], 0.55 if i == recorder.site[event] else 0.4)

    def controls(self, site: Site, base: float) -> None:
        """The conditions and loops around a site."""
        recorder = self.recorder
        for i, x in enumerate(recorder.sites):
            if x.file != site.file or x.line not in site.controls:
                continue
            if x.kind == "turn":
                self.turns(i, recorder.counts.get(i, []), 1.3, base - 0.05)
            elif x.kind == "test":
                told = self.mine_truths.get(i)
                sure = told is not None and (told in self.truths)
                self.add(i, base - 0.2 if sure else base + 0.03, "test")

    def turns(self, site: int, found: list[int], strange: float, usual: float) -> None:
        """A loop: is it one turn off all lengths that the original knows?"""
        counts = set(found)
        odd = len(counts) == 1 and not counts & self.lengths and counts != {1}
        near = any(n + d in self.lengths for n in counts for d in (-1, 1))
        self.add(site, strange if odd and near else usual, "turns")

    def other_names(self) -> dict[int, int]:
        """Sites of names that the original has for other numbers: each with its first event."""
        recorder = self.recorder
        found: dict[int, int] = {}
        seen: set[tuple[int, int]] = set()
        for site, event in recorder.names:
            pool = self.pools.get(_plain(recorder.sites[site].text))
            if pool is None or site in found or (site, event) in seen:
                continue
            seen.add((site, event))
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
        if recorder.returned >= 0:
            self.add(recorder.returned, 0.5, "return")
            self.add_sources(recorder.sites[recorder.returned])

    def add_sources(self, start: Site) -> None:
        recorder = self.recorder
        names = {name for _, name in start.keys}
        for i, x in enumerate(recorder.sites):
            written = x.kind == "element" and x.text.split("[")[0] in names
            if x.target in start.keys or written:
                self.add(i, 0.6 if written else 0.45, "source")
                self.controls(x, 0.55 if written else 0.4)


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


def _truths_by_site(recorder: Recorder) -> Iterator[tuple[int, tuple[int, int]]]:
    """Of each site that gives truth values: how many, and how many are true."""
    found: dict[int, list[np.ndarray]] = defaultdict(list)
    for event, site in enumerate(recorder.site):
        found[site].append(np.atleast_1d(recorder.value[event]))
    for site, values in found.items():
        every = np.concatenate(values)
        if ((every == 0) | (every == 1)).all():
            yield site, (len(every), int(every.sum()))


def _truths(recorder: Recorder) -> Iterator[tuple[int, int]]:
    for _, (count, true) in _truths_by_site(recorder):
        yield count, true
        yield count, count - true
