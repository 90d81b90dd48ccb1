"""The performance history: of the current commit or of many, as a site and as a table.

python -m portstudy.cli.history ACTION

bench [SELECTION ...]         prove, measure, record, publish, print the table: `make bench`
record [SELECTION ...]        asv over a range of commits: `make history`
compare A B [SELECTION ...]   is commit B slower than commit A? `make compare`
publish                       build the site from the recorded results alone: `make publish`
prune                         drop results that are no longer published: `make prune`

A SELECTION is `kernel`, `kernel:size` or `kernel:size:port,port`, with `*` for any; `all` is every
kernel at its first size. The default is the LIF network, alone and as an ensemble.
"""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from portstudy.backends import library_of
from portstudy.checkout import ROOT
from portstudy.history.commits import compare, record
from portstudy.history.publish import publish
from portstudy.history.record import measure_and_record
from portstudy.history.results import RESULTS, history, prune
from portstudy.history.selection import Conditions
from portstudy.kernel import DEVICES, DTYPES
from portstudy.measure.session import Figures
from portstudy.names import UnknownName
from portstudy.pages.book import build
from portstudy.pages.report.write import add_to_site
from portstudy.show.console import open_console
from portstudy.show.table import print_session


def publish_all(console: Console) -> bool:
    """Publish, with the notes and the report as pages of the site."""
    return publish(console, [build, add_to_site])


def bench(words: list[str], conditions: Conditions) -> int:
    """Prove, measure, record, publish, print the tables."""
    console = open_console()
    sessions = measure_and_record(console, words, conditions)
    published = publish_all(console)
    for session in sessions:
        console.print()
        print_session(console, session)
    broken = any(_broken(figures) for session in sessions for figures in session.ports.values())
    return int(broken or not published)


def _broken(figures: Figures) -> bool:
    """Did its proof or its run fail, or is it of a library that must not be unavailable?"""
    required = os.environ.get("PORTSTUDY_REQUIRE", "").split(",")
    if figures.status == "unavailable":
        return library_of(figures.port) in required
    return figures.status in ("different", "failed")


def drop() -> int:
    """Drop what is no longer published, and say what."""
    dropped = prune(RESULTS, history(ROOT))
    for path, why in dropped.items():
        print(f"{path.relative_to(ROOT)}: {why}")
    print(f"{len(dropped)} result files dropped or made smaller")
    return 0


def main() -> int:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m portstudy.cli.history", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    actions = ["bench", "record", "compare", "publish", "prune"]
    parser.add_argument("action", choices=actions)
    parser.add_argument("selection", nargs="*", help="kernel[:size[:port,port]]")
    parser.add_argument("--range", default="-n 5 HEAD", help="commits, as git rev-list takes them")
    parser.add_argument("--dtype", choices=DTYPES, default="float64")
    parser.add_argument("--threads", choices=["all", "1"])
    parser.add_argument("--device", choices=DEVICES, default="cpu")
    parser.add_argument(
        "--machine", default="", help="its name in the history; default: of its parts"
    )
    options = parser.parse_intermixed_args()
    words = options.selection
    threads = options.threads or ("1" if options.action in ("record", "compare") else "all")
    conditions = Conditions(options.dtype, threads, options.device)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    try:
        if options.action == "publish":
            return 0 if publish_all(open_console()) else 1
        if options.action == "prune":
            return drop()
        if options.action == "compare":
            if len(words) < 2:
                parser.error("compare: two commits, A and B")
            return compare(words[0], words[1], words[2:], conditions)
        if options.action == "record":
            failed = record(options.range, words, conditions, options.machine)
            published = publish_all(open_console())
            return failed or int(not published)
        return bench(words, conditions)
    except UnknownName as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        kept = "the same command resumes" if options.action == "record" else "nothing was recorded"
        print(f"\nInterrupted: {kept}.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
