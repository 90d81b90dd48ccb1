"""Which mistakes does `portstudy check` not notice? In ports of the kernels, on the CPU.

python -m tests.mutants [KERNEL[/PORT] ...] [--every] [--sample N] [--seed N] [--jobs N]
"""

import argparse
import collections
import itertools
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed

from portstudy.proof.mistakes import drawn

from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.trials import Trial, every, tried

SAMPLE = 500


def main() -> int:
    """Print what survives, as soon as it is known, and then the sum."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="KERNEL[/PORT]", help="default: every port")
    parser.add_argument("--every", action="store_true", help="every mistake, not a sample")
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"how many; default: {SAMPLE}")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side; default: 2")
    options = parser.parse_args()
    known = [mutant for name in options.names or [""] for mutant in every(*name.split("/"))]
    chosen = known if options.every else drawn(known, options.sample, options.seed)
    groups = [list(group) for _, group in itertools.groupby(chosen, lambda mutant: mutant[:2])]
    trials: list[Trial] = []
    with ThreadPoolExecutor(options.jobs) as pool:
        futures = {
            pool.submit(lambda group: list(tried(group)), group): group[0] for group in groups
        }
        for number, future in enumerate(as_completed(futures), 1):
            kernel, port, _ = futures[future]
            done = f"{number} of {len(groups)} ports: {kernel}/{port}"
            try:
                found = future.result()
            except RuntimeError as error:
                print(f"{done}: left out: {error}", file=sys.stderr, flush=True)
                continue
            print(done, file=sys.stderr, flush=True)
            for trial in found:
                if not trial.caught and not trial.equivalent:
                    print(f"survives: {trial.mutant}", flush=True)
            trials += found
    counted = [trial for trial in trials if not (trial.equivalent and not trial.caught)]
    caught = sum(trial.caught for trial in counted)
    count = collections.Counter(trial.outcome for trial in counted)
    print(
        f"{caught:,} of {len(counted):,} mistakes caught ({caught / max(1, len(counted)):.2%}): "
        + ", ".join(f"{number:,} {outcome}" for outcome, number in count.most_common())
    )
    print(f"not counted: {len(trials) - len(counted)} that are no mistakes")
    stale = [trial for trial in trials if trial.equivalent and trial.caught]
    for trial in stale:
        print(f"said to be no mistake, but caught: {trial.mutant}: {trial.why}")
    if options.every and not options.names:
        for place in sorted(set(EQUIVALENT) - {trial.mutant.place for trial in trials}):
            print(f"said to be no mistake, but never made: {place}")
    return int(caught < 0.99 * len(counted))


if __name__ == "__main__":
    sys.exit(main())
