"""How often the verdict is wrong: right functions that it accuses, mistakes that it lets pass.

python -m tests.verdict [--every] [--seeds N]
"""

import argparse
import collections
import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

from portstudy.proof.mistakes import drawn

from tests.verdict.equivalent import EQUIVALENT
from tests.verdict.rearrangements import PAIRS
from tests.verdict.trials import Trial, accusation, every, tried

T = TypeVar("T")
SAMPLE = 1000


def shown(items: Sequence[T], what: str) -> Iterator[T]:
    """One after the other, with a count in place of which the next is written."""
    for number, item in enumerate(items, 1):
        if sys.stderr.isatty() or number % 50 == 0 or number == len(items):
            end = "\r" if sys.stderr.isatty() and number < len(items) else "\n"
            print(f"{number:,} of {len(items):,} {what}", end=end, file=sys.stderr, flush=True)
        yield item


def right_functions(seeds: int) -> None:
    """Print which rearrangements are accused, and of what."""
    cases = [(pair, seed) for pair in PAIRS for seed in range(seeds)]
    accused = []
    for pair, seed in shown(cases, "right functions"):
        if why := accusation(pair, seed):
            accused.append(pair.name)
            print(f"accused: {pair.name}, seed {seed}: {why}", flush=True)
    print(
        f"{len(accused)} of {len(cases):,} right functions accused "
        f"({len(accused) / len(cases):.2%}; of {len(PAIRS)} pairs: {len(set(accused))})"
    )


def wrong_functions(all_of_them: bool) -> None:
    """Print which mistakes survive, and why."""
    trials: list[Trial] = []
    cases = every() if all_of_them else drawn(every(), SAMPLE)
    for function, mistake in shown(cases, "mistakes"):
        trial = tried(function, mistake)
        trials.append(trial)
        if trial.counts and not trial.caught:
            print(f"{trial.outcome}: {trial}: {trial.why}", flush=True)
    count = collections.Counter(trial.outcome for trial in trials)
    counted = [trial for trial in trials if trial.counts]
    caught = sum(trial.caught for trial in counted)
    seen = len(counted) - count["unseen"]
    print(
        f"{caught:,} of {len(counted):,} mistakes caught ({caught / len(counted):.2%}): "
        f"{count['convicted']:,} convicted, {count['raises']} raise, {count['hangs']} hang"
    )
    print(
        f"{count['unseen']} of the others leave every bit as it was on these inputs; of the "
        f"{seen:,} that change something, {caught / seen:.2%} are caught"
    )
    print(
        f"not counted: {count['equivalent']} that are no mistakes, see tests/verdict/equivalent.py"
    )
    stale = set(EQUIVALENT) - {trial.place for trial in trials if not trial.counts}
    if all_of_them and stale:
        print(f"said to be no mistakes, but caught or never made: {sorted(stale)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.verdict", description=__doc__)
    parser.add_argument(
        "--every", action="store_true", help=f"every mistake, not a sample of {SAMPLE:,}"
    )
    parser.add_argument(
        "--seeds", type=int, default=1, help="inputs to draw for each right function; default: 1"
    )
    parser.add_argument("--only", choices=("right", "wrong"), help="one of the two figures")
    options = parser.parse_args()
    if options.only != "wrong":
        right_functions(options.seeds)
    if options.only != "right":
        wrong_functions(options.every)
