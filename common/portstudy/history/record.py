"""Sessions, recorded with asv for the current commit."""

import sys
import tempfile
from pathlib import Path

from rich.console import Console

from portstudy.checkout import ROOT, git
from portstudy.history.asv import register_machine, run_asv
from portstudy.history.selection import Conditions, only, select
from portstudy.measure.session import Session
from portstudy.show.console import PLAIN
from portstudy.show.progress import measure_with_progress

CODE = ["common", "implementations", "benchmarks/*.py"]


def measure_and_record(
    console: Console, words: list[str], conditions: Conditions, keep: Path | None = None
) -> tuple[list[Session], bool]:
    """Prove and measure with progress, and record with asv; was all of it recorded?

    With `keep`, the sessions themselves are left in that folder, too.
    """
    sessions = []
    for kernel, size, ports in select(words):
        session = measure_with_progress(console, kernel, size, ports, **conditions._asdict())
        if keep:
            session.save(keep / f"{kernel}-{size}-{conditions.dtype}-{conditions.threads}.json")
        sessions.append(session)
    commit = git("rev-parse", "HEAD")
    if not commit or git("status", "--porcelain", "--", *CODE):
        console.print("Not recorded: the code differs from the last commit. Commit it first.")
        return sessions, True
    machine = register_machine(conditions.device)
    return sessions, record_sessions(console, sessions, commit, machine, conditions)


def record_sessions(
    console: Console,
    sessions: list[Session],
    commit: str,
    machine: str,
    conditions: Conditions,
    libraries: str = "",
) -> bool:
    """Hand sessions to asv, for this commit and machine; false where a figure failed.

    `libraries` says with which they were measured, where that is not here: see checkout_plugin.
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
