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
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from common.cli import open_console
from common.compare import match, measure_with_progress, remarks, table
from common.kernel import (
    DEVICES,
    DTYPES,
    UnknownName,
    benchmark_class,
    find_kernel,
    kernels,
)
from common.measure import Session, usable_processors
from common.regressions import NOTICED, change, lost, slower
from common.results import RESULTS, history, prune, sort_out

ROOT = Path(__file__).parent.parent
HTML = ROOT / ".asv" / "html"
DEFAULT = ["lif", "lif_ensemble"]
CODE = ["common", "implementations", "benchmarks/*.py"]
PLAIN: dict[str, Any] = {"markup": False, "highlight": False, "soft_wrap": True}

TURNS = 3
"""Sessions of each commit that `compare` makes: all of one come first by chance in 1 of 20."""

Selection = tuple[str, str, list[str]]
"""Kernel, size, ports."""


def select(words: list[str]) -> list[Selection]:
    """What the words name; raises UnknownName for a word that names nothing."""
    chosen: list[Selection] = []
    for word in words or DEFAULT:
        kernel_pattern, _, rest = ("*" if word == "all" else word).partition(":")
        size_pattern, _, ports_pattern = rest.partition(":")
        for kernel in match("kernel", kernel_pattern, kernels()):
            spec = find_kernel(kernel)
            sizes = [size for size in spec.sizes if size != "check"]
            for size in match("size", size_pattern, sizes) if size_pattern else sizes[:1]:
                patterns = (ports_pattern or "*").split(",")
                there = spec.ports_at(size)
                named = {p for pattern in patterns for p in match("port", pattern, there)}
                ports = [p for p in there if p in named or p == spec.reference_at(size)]
                chosen.append((kernel, size, ports))
    return chosen


class Conditions(NamedTuple):
    """Under which all ports of a run are measured."""

    dtype: str
    threads: str
    device: str


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
    command += ["--set-commit-hash", commit, "--machine", machine, *_only(chosen)]
    with tempfile.TemporaryDirectory() as folder:
        of_environment = Path(folder, Path(sys.prefix).name)  # see benchmarks/ports.py
        of_environment.mkdir()
        for session in sessions:
            session.save(of_environment / f"{session.kernel}-{session.size}.json")
        settings |= {"PORTSTUDY_SESSIONS": folder, "PORTSTUDY_LIBRARIES": libraries}
        code, log = _run_asv(console, command, settings)
    if code:
        console.print(f"asv ended with exit code {code}: see {log.relative_to(ROOT)}", **PLAIN)
    return code == 0


def _run_asv(
    console: Console, arguments: list[str], settings: dict[str, str], log_name: str = "run.log"
) -> tuple[int, Path]:
    """Run asv behind a progress bar: it prints a row for every port and size, selected or not.

    Returns its exit code, and where all that it printed is.
    """
    log = ROOT / ".asv" / "log" / log_name
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "asv", *arguments]
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console,
        transient=True,
    )  # fmt: skip
    with bar, log.open("w") as lines:
        task = bar.add_task("asv", total=100)
        with subprocess.Popen(
            command, cwd=ROOT, env=os.environ | settings, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            for line in process.stdout:
                lines.write(line)
                percent = re.match(r"\[ *([\d.]+)%\] ·* *(.*)", line)
                if percent:
                    what = percent[2][:60] or "asv"
                    bar.update(task, completed=float(percent[1]), description=what)
                elif line.startswith("·"):  # environments are made, the commit is built
                    bar.update(task, description=line.strip("· \n")[:60])
    return process.returncode, log


def publish(console: Console) -> bool:
    """Build the site from all sound results, to be opened with no network; say what got slower."""
    from common import book
    from common.site import make_local

    sound, unsound = sort_out(RESULTS)
    for path, why in unsound.items():
        console.print(f"Left out: {path.relative_to(ROOT)} {why}", **PLAIN)
    shutil.rmtree(HTML, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        results = _copy_results(sound, Path(folder))
        _discover(results)
        config = _config(Path(folder), results=results)
        command = ["--config", str(config), "publish", "--no-pull", "-o", str(HTML)]
        code, log = _run_asv(console, command, {}, "publish.log")
        if code:
            console.print(f"asv publish ended with exit code {code}: see {log}", **PLAIN)
            return False
    why = make_local(HTML, ROOT / ".asv" / "npm")
    if why:
        console.print(f"The site needs a network, its scripts come from CDNs: {why}", **PLAIN)
    book.build()
    announce(console)
    console.print(
        f"\nSite: {HTML}/index.html, to be served (a browser loads no data from files):\n"
        f"  python3 -m http.server --bind 127.0.0.1 --directory {HTML.relative_to(ROOT)} 8000\n"
        "  http://127.0.0.1:8000/#/ports.Lif.track_steady_state?x-axis=port&y-axis-scale=log",
        **PLAIN,
    )
    return True


def _config(
    folder: Path,
    conditions: Conditions | None = None,
    *,
    oldest: bool = True,
    results: Path = RESULTS,
) -> Path:
    """A file with asv's configuration, for ports measured so, or with its results elsewhere.

    Without the `oldest` libraries there is one environment.
    """
    from asv.util import load_json

    config = load_json(str(ROOT / "asv.conf.json"), js_comments=True)
    for name in ("benchmark_dir", "env_dir"):
        config[name] = str(ROOT / config[name])
    config |= {"repo": str(ROOT), "results_dir": str(results), "plugins": []}
    if conditions:
        settings = {
            "PORTSTUDY_DTYPE": conditions.dtype,
            "PORTSTUDY_THREADS": conditions.threads,
        }
        config["matrix"]["env_nobuild"] = {name: [value] for name, value in settings.items()}
        config["include"] = config.get("include", []) if oldest else []
        for further in config["include"]:
            further["env_nobuild"] = settings
    commands = [line.replace("{conf_dir}", str(ROOT)) for line in config["install_command"]]
    config["install_command"] = commands
    written = folder / "asv.conf.json"
    written.write_text(json.dumps(config))
    return written


def _discover(results: Path) -> None:
    """Write what the suite consists of now: asv publishes no figure that is not in there."""
    from asv.benchmarks import Benchmarks
    from asv.config import Config
    from asv.environment import get_environments
    from asv.repo import get_repo

    import common.asv_checkout  # noqa: F401 - the environment of that name

    config = Config.load(str(ROOT / "asv.conf.json"))
    config.repo, config.results_dir = str(ROOT), str(results)
    config.benchmark_dir = str(ROOT / config.benchmark_dir)
    environments = list(get_environments(config, ["checkout"]))
    Benchmarks.discover(config, get_repo(config), environments, ["HEAD"]).save()


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


def compare(a: str, b: str, words: list[str], conditions: Conditions) -> int:
    """Is commit B slower than commit A? Sessions in turn, A B A B A B; 1 if a port is worse."""
    console = open_console()
    commits = []
    for name in (a, b):
        commit = git("rev-parse", "--verify", f"{name}^{{commit}}")
        if not commit:
            raise UnknownName(f"commit {name!r}: git knows none")
        commits.append(commit)
    chosen = select(words)
    machine = register_machine(conditions.device)
    found: dict[str, list[dict]] = {"A": [], "B": []}
    with tempfile.TemporaryDirectory() as folder:
        config = str(_config(Path(folder), conditions, oldest=False))
        for turn in range(TURNS):
            for side, commit in zip("AB", commits, strict=True):
                console.print(f"{turn + 1} of {TURNS}: {side} {commit[:8]}", **PLAIN)
                sessions = Path(folder, f"{turn}{side}")
                code, log = _run_asv(
                    console,
                    ["--config", config, "run", f"{commit}^!", "--dry-run", "--machine", machine,
                     *_only(chosen, "track_relative_time")],
                    _settings(chosen, conditions, sessions), f"{commit[:8]}.log",
                )  # fmt: skip
                read = [Session.load(path) for path in sorted(sessions.glob("*/*.json"))]
                if code and not read:
                    console.print(f"{commit[:8]} could not be built or measured: {log}", **PLAIN)
                    return 2
                found[side].append({(s.kernel, s.size): _relative_times(s) for s in read})
    changes = [
        change(kernel, size, port, *([s.get((kernel, size), {}) for s in found[x]] for x in "AB"))
        for kernel, size, ports in chosen
        for port in ports
        if port != find_kernel(kernel).reference_at(size)
    ]
    rows = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    rows.add_column("port")
    for heading in ("B over A", "from", "to"):
        rows.add_column(heading, justify="right")
    rows.add_column("")
    for c in sorted(changes, key=lambda c: -c.ratio if c.ratio == c.ratio else 0):
        numbers = ["", "", ""] if c.why else [f"{x:.3f}" for x in (c.ratio, c.low, c.high)]
        name = f"{c.kernel}/{c.port}" if c.size == "small" else f"{c.kernel}/{c.port} at {c.size}"
        rows.add_row(name, *numbers, f"{c.verdict}: {c.why}" if c.why else c.verdict)
    console.print(rows)
    console.print(
        f"B over A: time relative to the reference's at {commits[1][:8]} over that at "
        f"{commits[0][:8]}, of {TURNS} sessions each, in turn; from, to: the "
        f"smallest and the largest of any two. worse: all are above {NOTICED}.",
        **PLAIN,
    )
    return int(any(c.verdict in ("worse", "fails") for c in changes))


def _relative_times(session: Session) -> dict[str, float | str]:
    """Of each port its relative time, or why it has none; those that are not here are left out."""
    return {
        port: session.relative(port) if f.samples else f"{f.status}: {f.reason}"
        for port, f in session.ports.items()
        if f.status != "unavailable"
    }


def record(commits: str, words: list[str], conditions: Conditions, machine: str = "") -> int:
    """Run asv over commits, in environments that it builds once and keeps; 0 if nothing failed.

    What was measured before is not measured again, so a run that was interrupted goes on. A commit
    that cannot be built or measured is named, and left.
    """
    console = open_console()
    hashes = git("rev-list", "--first-parent", *commits.split()).split()
    if not hashes:
        print(f"--range: git finds no commits in {commits!r}", file=sys.stderr)
        return 2
    machine = register_machine(conditions.device, machine)
    failed = False
    for number, commit in enumerate(hashes, 1):
        subject = git("log", "-1", "--format=%s", commit)
        console.print(f"{number} of {len(hashes)}: {commit[:8]} {subject}", **PLAIN)
        for problem in _record_commit(console, commit, words, conditions, machine):
            console.print(f"  {problem}", **PLAIN)
            failed = True
    published = publish(console)
    return int(failed or not published)


def _record_commit(
    console: Console, commit: str, words: list[str], conditions: Conditions, machine: str
) -> list[str]:
    """Measure one commit in all environments of asv.conf.json; returns what went wrong."""
    selected = select(words)
    sessions = ROOT / ".asv" / "sessions" / "-".join((commit[:8], *conditions))
    sessions.mkdir(parents=True, exist_ok=True)
    settings = _settings(selected, conditions, sessions)
    with tempfile.TemporaryDirectory() as folder:
        config = _config(Path(folder), conditions)
        command = ["--config", str(config), "run", f"{commit}^!", "--machine", machine]
        code, log = _run_asv(
            console, [*command, "--skip-existing", *_only(selected)], settings, f"{commit[:8]}.log"
        )
    problems = []
    for path in sorted(sessions.glob("*/*.json")):
        session = Session.load(path)
        for port in session.ports.values():
            if port.status in ("different", "failed"):
                where = _libraries(path.parent.name)
                what = f"{session.kernel}/{port.port}: {port.status}: {port.reason}"
                problems.append(f"{what} ({where})")
    if code and not problems:
        problems.append(f"could not be built or measured: see {log.relative_to(ROOT)}")
    return problems


def _libraries(environment: str) -> str:
    """The versions in one of the environments that asv has built."""
    info = ROOT / ".asv" / "env" / environment / "asv-env-info.json"
    found = json.loads(info.read_text())["requirements"] if info.exists() else {}
    return ", ".join(f"{name} {version}" for name, version in found.items()) or environment


def drop() -> int:
    """Drop what is published no more, and say what."""
    dropped = prune(RESULTS, history(ROOT))
    for path, why in dropped.items():
        print(f"{path.relative_to(ROOT)}: {why}")
    print(f"{len(dropped)} result files dropped or made smaller")
    return 0


def _settings(chosen: list[Selection], conditions: Conditions, sessions: Path) -> dict[str, str]:
    """What the suite is told: the ports that it measures, where, and a folder for its sessions."""
    ports = sorted({port for _, _, named in chosen for port in named})
    return {
        "PORTSTUDY_PORTS": ",".join(ports),
        "PORTSTUDY_DEVICE": conditions.device,
        "PORTSTUDY_SESSIONS": str(sessions),
    }


def _only(chosen: list[Selection], figure: str = ".*") -> list[str]:
    """asv's options for these ports and sizes alone."""
    options = []
    for kernel, size, ports in chosen:
        name = benchmark_class(kernel)
        options += ["--bench", rf"^ports\.{name}\.{figure}\('({'|'.join(ports)})', '{size}'\)$"]
    return options


def register_machine(device: str, name: str = "") -> str:
    """Tell asv what this machine is; returns its name, if none is given of what it is made of."""
    from asv.machine import MachineCollection
    from asv.util import get_cpu_info

    cpu = get_cpu_info() or platform.processor() or platform.machine()
    cores = usable_processors()
    name = re.sub(r"[^a-z0-9]+", "-", (name or f"{cpu} {cores} cores {device}").lower()).strip("-")
    MachineCollection.save(
        name,
        {
            "machine": name,
            "os": platform.system(),
            "arch": platform.machine(),
            "cpu": cpu,
            "num_cpu": str(cores),
            "ram": f"{round(psutil.virtual_memory().total / 2**30)} GiB",
            "device": device,
            "device_name": cpu if device == "cpu" else _gpu_name(),
        },
    )
    return name


def _gpu_name() -> str:
    query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    return subprocess.run(query, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def git(*arguments: str) -> str:
    """What git says of this checkout; "" where it is none."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


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
    # Relative time comes out alike, week after week, on one thread alone.
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
            return record(options.range, words, conditions, options.machine)
        return bench(words, conditions)
    except UnknownName as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        print("\nInterrupted. What was being measured is not recorded.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
