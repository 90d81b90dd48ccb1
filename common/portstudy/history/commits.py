"""asv over commits: a range of them recorded, or two of them compared.

Commits are measured on one thread unless asked otherwise: relative time then comes out alike, week
after week. Commits that predate the package `portstudy` can no longer be measured.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from portstudy.checkout import ROOT, git
from portstudy.find import find_kernel
from portstudy.history.asv import config, register_machine, run_asv
from portstudy.history.regressions import NOTICED, change
from portstudy.history.selection import PACKAGE, Conditions, Selection, only, select
from portstudy.measure.session import Session
from portstudy.names import UnknownName
from portstudy.show.console import PLAIN, open_console

TURNS = 3
"""Sessions of each commit that `compare` makes: all of one come first by chance in 1 of 20."""


def predates(commit: str) -> str:
    """Why a commit cannot be measured; "" if it can."""
    command = ["git", "cat-file", "-e", f"{commit}:{PACKAGE}"]
    there = subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0
    return "" if there else f"{commit[:8]} predates the package portstudy: left out"


def settings(conditions: Conditions, sessions: Path) -> dict[str, str]:
    """What the suite is told: how to measure, and a folder that keeps its sessions."""
    where = {"PORTSTUDY_DEVICE": conditions.device, "PORTSTUDY_SESSIONS": str(sessions)}
    return conditions.variables | where


def compare(a: str, b: str, words: list[str], conditions: Conditions) -> int:
    """Is commit B slower than commit A? Sessions in turn, A B A B A B; 1 if any port is worse."""
    console = open_console()
    commits = []
    for name in (a, b):
        commit = git("rev-parse", "--verify", f"{name}^{{commit}}")
        if not commit:
            raise UnknownName(f"commit {name!r}: git knows none")
        commits.append(commit)
    if reasons := [reason for reason in map(predates, commits) if reason]:
        console.print("\n".join(reasons), **PLAIN)
        return 2
    chosen = select(words)
    machine = register_machine(conditions.device)
    found: dict[str, list[dict]] = {"A": [], "B": []}
    with tempfile.TemporaryDirectory() as folder:
        written = str(config(Path(folder), conditions))
        for turn in range(TURNS):
            for side, commit in zip("AB", commits, strict=True):
                console.print(f"{turn + 1} of {TURNS}: {side} {commit[:8]}", **PLAIN)
                sessions = Path(folder, f"{turn}{side}")
                code, log = run_asv(
                    console,
                    ["--config", written, "run", f"{commit}^!", "--dry-run", "--machine", machine,
                     *only(chosen, "track_relative_time")],
                    settings(conditions, sessions), f"{commit[:8]}.log",
                )  # fmt: skip
                read = [Session.load(path) for path in sorted(sessions.glob("*/*.json"))]
                if code and not read:
                    console.print(f"{commit[:8]} could not be measured: see {log}", **PLAIN)
                    return 2
                found[side].append({(s.kernel, s.size): _relative_times(s) for s in read})
    return _print_comparison(console, chosen, commits, found)


def _print_comparison(
    console: Console, chosen: list[Selection], commits: list[str], found: dict[str, list[dict]]
) -> int:
    """The table of `compare`; 1 if any port is worse."""
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
    """Of each port its relative time, or why it has none; unavailable ports are left out."""
    return {
        port: session.relative(port) if f.samples else f"{f.status}: {f.reason}"
        for port, f in session.ports.items()
        if f.status != "unavailable"
    }


def record(commits: str, words: list[str], conditions: Conditions, machine: str = "") -> int:
    """Run asv over commits, in environments that it builds once and keeps; 1 if anything failed.

    What was measured before is not measured again, so an interrupted run resumes. A commit that
    cannot be built or measured is named and skipped.
    """
    console = open_console()
    hashes = git("rev-list", "--first-parent", *commits.split()).split()
    if not hashes:
        print(f"--range: git finds no commits in {commits!r}", file=sys.stderr)
        return 2
    machine = register_machine(conditions.device, machine)
    failed = False
    for number, commit in enumerate(hashes, 1):
        if reason := predates(commit):
            console.print(f"{number} of {len(hashes)}: {reason}", **PLAIN)
            continue
        subject = git("log", "-1", "--format=%s", commit)
        console.print(f"{number} of {len(hashes)}: {commit[:8]} {subject}", **PLAIN)
        for problem in _record_commit(console, commit, words, conditions, machine):
            console.print(f"  {problem}", **PLAIN)
            failed = True
    return int(failed)


def _record_commit(
    console: Console, commit: str, words: list[str], conditions: Conditions, machine: str
) -> list[str]:
    """Measure one commit in the environments that asv.conf.json names; returns what went wrong."""
    selected = select(words)
    sessions = ROOT / ".asv" / "sessions" / "-".join((commit[:8], *conditions))
    sessions.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        written = config(Path(folder), conditions)
        command = ["--config", str(written), "run", f"{commit}^!", "-E", "virtualenv"]
        code, log = run_asv(
            console, [*command, "--machine", machine, "--skip-existing", *only(selected)],
            settings(conditions, sessions), f"{commit[:8]}.log",
        )  # fmt: skip
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
