"""The performance history: asv on the current commit or on many, its site, and a table.

python -m common.history bench [SELECTION ...]    prove, measure, record, publish, print the table
python -m common.history record [SELECTION ...]   asv on a range of commits, for `make history`
python -m common.history compare A B [SELECTION ...]   is B slower than A? for `make compare`
python -m common.history publish                  build the site from the results alone
python -m common.history prune                    drop results that are published no more
python -m common.history machine                  tell asv what this machine is; print its name

A SELECTION is `kernel`, `kernel:size` or `kernel:size:port,port`, with `*` for any; `all` is every
kernel at its first size. The default is the LIF network, alone and as an ensemble.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from common.asv_run import (
    PLAIN,
    ROOT,
    Conditions,
    config,
    git,
    only,
    register_machine,
    run_asv,
    select,
)
from common.cli import open_console
from common.commits import compare, record
from common.compare import measure_with_progress, remarks, table
from common.kernel import DEVICES, DTYPES, UnknownName
from common.measure import Session
from common.regressions import lost, slower
from common.results import RESULTS, history, prune, sort_out

HTML = ROOT / ".asv" / "html"
CODE = ["common", "implementations", "benchmarks/*.py"]


def bench(words: list[str], conditions: Conditions, keep: Path | None = None) -> int:
    """Prove and measure with progress, record with asv, publish, print the tables.

    With `keep`, the sessions themselves are left in that folder, too.
    """
    console = open_console()
    sessions = []
    for kernel, size, ports in select(words):
        session = measure_with_progress(console, kernel, size, ports, **conditions._asdict())
        if keep:
            session.save(keep / f"{kernel}-{size}-{conditions.dtype}-{conditions.threads}.json")
        sessions.append(session)
    commit, recorded = git("rev-parse", "HEAD"), True
    if not commit or git("status", "--porcelain", "--", *CODE):
        console.print("Not recorded: the code differs from the last commit. Commit it first.")
    else:
        machine = register_machine(conditions.device)
        recorded = record_sessions(console, sessions, commit, machine, conditions)
    published = publish(console)
    for session in sessions:
        console.print()
        console.print(table(session, console.width))
        for line in remarks(session):
            console.print(line, **PLAIN)
    broken = any(f.status in ("different", "failed") for s in sessions for f in s.ports.values())
    return 1 if broken or not recorded or not published else 0


def record_sessions(
    console: Console,
    sessions: list[Session],
    commit: str,
    machine: str,
    conditions: Conditions,
    libraries: str = "",
) -> bool:
    """Hand sessions to asv, for this commit and machine; false where a figure failed.

    `libraries` says with which they were measured, where that is not here: see asv_checkout.
    """
    settings = {f"PORTSTUDY_{name.upper()}": value for name, value in conditions._asdict().items()}
    chosen = [(s.kernel, s.size, list(s.ports)) for s in sessions]
    # The figures are there already: a process forked for each is soon done with reading its own.
    command = ["run", "-E", "checkout", "--launch-method", "forkserver"]
    command += ["--set-commit-hash", commit, "--machine", machine, *only(chosen)]
    with tempfile.TemporaryDirectory() as folder:
        of_environment = Path(folder, Path(sys.prefix).name)  # see benchmarks/ports.py
        of_environment.mkdir()
        for session in sessions:
            session.save(of_environment / f"{session.kernel}-{session.size}.json")
        settings |= {"PORTSTUDY_SESSIONS": folder, "PORTSTUDY_LIBRARIES": libraries}
        code, log = run_asv(console, command, settings)
    if code:
        console.print(f"asv ended with exit code {code}: see {log.relative_to(ROOT)}", **PLAIN)
    return code == 0


def publish(console: Console) -> bool:
    """Build the site from all sound results, to be opened with no network; say what got slower."""
    from common import book
    from common.report.write import add_to_site
    from common.site import make_local

    sound, unsound = sort_out(RESULTS)
    for path, why in unsound.items():
        console.print(f"Left out: {path.relative_to(ROOT)} {why}", **PLAIN)
    shutil.rmtree(HTML, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        results = _copy_results(sound, Path(folder))
        _discover(results)
        written = config(Path(folder), results=results)
        command = ["--config", str(written), "publish", "--no-pull", "-o", str(HTML)]
        code, log = run_asv(console, command, {}, "publish.log")
        if code:
            console.print(f"asv publish ended with exit code {code}: see {log}", **PLAIN)
            return False
    why = make_local(HTML, ROOT / ".asv" / "npm")
    if why:
        console.print(f"The site needs a network, its scripts come from CDNs: {why}", **PLAIN)
    book.build()
    add_to_site(HTML)
    announce(console)
    console.print(
        f"\nSite: {HTML}/index.html, to be served (a browser loads no data from files):\n"
        f"  python3 -m http.server --bind 127.0.0.1 --directory {HTML.relative_to(ROOT)} 8000\n"
        "  http://127.0.0.1:8000/#/ports.Lif.track_steady_state?x-axis=port&y-axis-scale=log",
        **PLAIN,
    )
    return True


def _discover(results: Path) -> None:
    """Write what the suite consists of now: asv publishes no figure that is not in there."""
    from asv.benchmarks import Benchmarks
    from asv.config import Config
    from asv.environment import get_environments
    from asv.repo import get_repo

    import common.asv_checkout  # noqa: F401 - the environment of that name

    loaded = Config.load(str(ROOT / "asv.conf.json"))
    loaded.repo, loaded.results_dir = str(ROOT), str(results)
    loaded.benchmark_dir = str(ROOT / loaded.benchmark_dir)
    environments = list(get_environments(loaded, ["checkout"]))
    Benchmarks.discover(loaded, get_repo(loaded), environments, ["HEAD"]).save()


def _copy_results(paths: list[Path], folder: Path) -> Path:
    """A copy of these results, for asv to read."""
    results = folder / "results"
    results.mkdir()
    for path in {*paths, *(path.parent / "machine.json" for path in paths)}:
        (results / path.parent.name).mkdir(exist_ok=True)
        shutil.copy(path, results / path.parent.name)
    return results


def announce(console: Console) -> None:
    """Say which ports became slower, or have no figure any more, and since which commit."""
    found = [*slower(HTML), *lost(RESULTS, history(ROOT))]
    console.print()
    for finding in found:
        subject = git("log", "-1", "--format=%s", finding.commit)
        console.print(f"{finding}: {subject}", **PLAIN)
    if not found:
        console.print("No port became slower, by relative time, and none lost its figure.", **PLAIN)


def drop() -> int:
    """Drop what is published no more, and say what."""
    dropped = prune(RESULTS, history(ROOT))
    for path, why in dropped.items():
        print(f"{path.relative_to(ROOT)}: {why}")
    print(f"{len(dropped)} result files dropped or made smaller")
    return 0


def main() -> int:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m common.history", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    actions = ["bench", "record", "compare", "publish", "prune", "machine"]
    parser.add_argument("action", choices=actions)
    parser.add_argument("selection", nargs="*", help="kernel[:size[:port,port]]")
    parser.add_argument("--range", default="-n 5 HEAD", help="commits, as git rev-list does")
    parser.add_argument("--dtype", choices=DTYPES, default="float64")
    parser.add_argument("--threads", choices=["all", "1"])
    parser.add_argument("--device", choices=DEVICES, default="cpu")
    parser.add_argument("--machine", default="", help="its name in the history, if not its parts'")
    options = parser.parse_intermixed_args()
    words = options.selection
    threads = options.threads or ("1" if options.action in ("record", "compare") else "all")
    conditions = Conditions(options.dtype, threads, options.device)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    try:
        if options.action == "publish":
            return 0 if publish(open_console()) else 1
        if options.action == "prune":
            return drop()
        if options.action == "machine":
            print(register_machine(options.device, options.machine))
            return 0
        if options.action == "compare":
            if len(words) < 2:
                parser.error("compare: two commits, A and B")
            return compare(words[0], words[1], words[2:], conditions)
        if options.action == "record":
            failed = record(options.range, words, conditions, options.machine)
            published = publish(open_console())
            return failed or int(not published)
        return bench(words, conditions)
    except UnknownName as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        kept = "the same command goes on from here" if options.action == "record" else "no record"
        print(f"\nInterrupted: {kept}.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
