"""How often `portstudy where` names the line: mistakes made by rote in this repository's ports.

python -m tests.where [--number N] [--seed SEED] [--ports PATTERN]
"""

import argparse
import ast
import collections
import fnmatch
import random
import statistics
import sys
import time
import warnings
from typing import Any

from portstudy.find import find_kernel, kernels, load, reference_of
from portstudy.proof.mistakes import Mistake, mistakes
from portstudy.where.search import Search

from tests.verdict.trials import Hangs, time_limit

KINDS = ("numba", "jax")
LEFT_OUT = ("numba_cuda", "jax_pallas", "jax_sharded")
SECONDS = 60.0
LOST = "the statement left out"


def ports() -> list[tuple[str, str]]:
    """The ports in which mistakes are made, with their kernels."""
    return [
        (kernel, port)
        for kernel in kernels()
        for port in find_kernel(kernel).ports()
        if port.startswith(KINDS) and not port.startswith(LEFT_OUT)
    ]


def rank(found: Any, mistake: Mistake) -> int:
    """At which place the mistaken line is named; 0 where it is not."""
    for place, site in enumerate(found.lines, 1):
        if site.file != found.file:
            continue
        if site.line <= mistake.line <= site.last:
            return place
        if mistake.what == LOST and beside(mistake, found.source) & {
            *range(site.line, site.last + 1)
        }:
            return place
    return 0


def beside(mistake: Mistake, source: str) -> set[int]:
    """Where a statement that was left out shows, which has no line of its own.

    In the statements next to it, the loop or condition around it, and those that read what it sets.
    """
    tree = ast.parse(mistake.source)
    found: set[int] = set()
    alone = mistake.line
    for _ in range(3):
        for node in ast.walk(tree):
            for body in (getattr(node, "body", []), getattr(node, "orelse", [])):
                lines = [x.lineno for x in body] if isinstance(body, list) else []
                if alone not in lines:
                    continue
                place = lines.index(alone)
                found |= {*lines[max(place - 1, 0) : place + 2]}
                if hasattr(node, "lineno") and not isinstance(node, ast.FunctionDef):
                    found.add(node.lineno)
                    alone = node.lineno if len(lines) == 1 else alone
    sets = {
        x.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign | ast.AugAssign) and node.lineno == mistake.line
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for x in ast.walk(target)
        if isinstance(x, ast.Name)
    }
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        if function.lineno <= mistake.line <= (function.end_lineno or 0):
            found |= {x.lineno for x in ast.walk(function) if isinstance(x, ast.Name)
                      and x.id in sets and isinstance(x.ctx, ast.Load)}  # fmt: skip
    return found - {mistake.line}


def main(options: argparse.Namespace) -> None:
    rng = random.Random(options.seed)
    cases = [x for x in ports() if fnmatch.fnmatch("/".join(x), options.ports)]
    drawn = []
    for kernel, port in cases:
        source = find_kernel(kernel).path(port).read_text(encoding="utf-8")
        known = list(mistakes(source))
        drawn += [(kernel, port, x) for x in rng.sample(known, min(options.each, len(known)))]
    rng.shuffle(drawn)
    drawn = drawn[: options.number]
    places_of = {x[:2]: i for i, x in enumerate(drawn)}
    drawn.sort(key=lambda x: places_of[x[:2]])  # a port's together
    until = time.perf_counter() + 60 * options.minutes
    count: Any = collections.Counter()
    places: Any = collections.Counter()
    by_kind: Any = collections.defaultdict(list)
    left_out: Any = collections.Counter()
    seconds: list[float] = []
    reasons: Any = collections.Counter()
    search: Any = None
    loaded: Any = None
    now = "", ""
    for kernel, port, mistake in drawn:
        if now != (kernel, port) and time.perf_counter() < until:
            now = kernel, port
            try:
                loaded = load(kernel, port)
                search = Search(reference_of(loaded))
            except Exception as error:
                print(f"not tried: {kernel}/{port}: {error}")
                search = None
        if search is None:
            continue
        if time.perf_counter() > until:
            count["no time left"] += 1
            continue
        start = time.perf_counter()
        try:
            with warnings.catch_warnings(), time_limit(SECONDS):
                warnings.simplefilter("ignore")
                found: Any = search.find(loaded, mistake.source)
        except Hangs:
            count["hangs"] += 1
            continue
        except Exception as error:
            count["raises"] += 1
            if options.errors:
                print(f"raises: {kernel}/{port} {mistake.line}: {mistake.what}: {error!r:.200}")
            continue
        if found is None:
            count["no difference"] += 1
            continue
        spent = time.perf_counter() - start
        found.file = loaded.kernel.path(port)
        found.source = found.file.read_text(encoding="utf-8")
        place = rank(found, mistake)
        if not found.lines:
            place = -1
        seconds.append(spent)
        if options.reasons:
            reason = found.why[place - 1].split()[0] if place > 0 else "none"
            top = found.why[0].split()[0] if found.lines else "none"
            reasons[reason, "first" if place == 1 else f"after {top}"] += 1
        places[place] += 1
        left_out[place] += mistake.what == LOST
        by_kind[port.split("_")[0], mistake.what[:60]].append(place)
        if place != 1:
            line = mistake.source.split("\n")[mistake.line - 1].strip()
            where = f"{kernel}/{port}:{mistake.line}"
            print(f"{place}: {where}: {mistake.what}: {line} [{found.size.words}]")
            shown = [*range(min(4, len(found.lines))), *([place - 1] if place > 4 else [])]
            for k in shown:
                site = found.lines[k]
                said = f"{site.kind} {site.text[:80]} {found.why[k]}"
                print(f"    {k + 1} {site.file.name}:{site.line} {said}")
            sys.stdout.flush()
    total = sum(places.values())
    first, three = places[1], sum(places[i] for i in (1, 2, 3))
    print(f"{total} mistakes with wrong values; also {dict(count)}")
    if total:
        print(f"named first: {first} ({first / total:.0%})")
        print(f"among three: {three} ({three / total:.0%})")
        lost = sum(left_out.values())
        print(
            f"of these, statements left out: {lost}; first: {left_out[1]}, among three: "
            f"{sum(left_out[i] for i in (1, 2, 3))}"
        )
        print(f"places: {dict(sorted(places.items()))}")
        print(f"seconds: median {statistics.median(seconds):.2f}, most {max(seconds):.1f}")
    for library in KINDS:
        mine = [x for (name, _), xs in by_kind.items() if name == library for x in xs]
        if mine:
            print(
                f"{library}: {len(mine)}, first {mine.count(1) / len(mine):.0%}, among three "
                f"{sum(x in (1, 2, 3) for x in mine) / len(mine):.0%}"
            )
    for reason, number in sorted(reasons.items()):
        print(number, *reason)
    missed: Any = collections.Counter(
        what for (_, what), xs in by_kind.items() for x in xs if x not in (1, 2, 3)
    )
    for what, number in missed.most_common():
        print(f"missed: {number} x {what}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.where", description=__doc__)
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=60.0, help="what is left is not tried")
    parser.add_argument("--each", type=int, default=6, help="mistakes drawn in each port, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ports", default="*", help="such as lif/numba_*")
    parser.add_argument("--reasons", action="store_true")
    parser.add_argument("--errors", action="store_true")
    main(parser.parse_args())
