"""Sessions, recorded for a commit in the files that asv reads and writes."""

import contextlib
import io
import math
import tempfile
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from rich.console import Console

from portstudy.checkout import ROOT, git
from portstudy.history.asv import suite, this_machine
from portstudy.history.results import LIBRARIES, RESULTS, benchmark_class
from portstudy.history.selection import Conditions, select
from portstudy.measure.session import Session
from portstudy.show.console import PLAIN
from portstudy.show.progress import measure_with_progress

CODE = ["common", "implementations", "benchmarks/*.py"]


def measure_and_record(
    console: Console, words: list[str], conditions: Conditions, keep: Path | None = None
) -> list[Session]:
    """Prove and measure with progress, and record for the current commit if the code is its own.

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
    else:
        path = record_sessions(sessions, commit, this_machine(conditions.device), conditions)
        console.print(f"Recorded: {path.relative_to(ROOT)}", **PLAIN)
    return sessions


def record_sessions(
    sessions: Sequence[Session],
    commit: str,
    machine: Mapping[str, str],
    conditions: Conditions,
    measured_with: Mapping[str, str] | None = None,
) -> Path:
    """Add sessions to asv's result file of this commit and machine; returns the file.

    `measured_with` are the versions of Python and the libraries, where they are not those of here.
    """
    from asv.environment import get_env_name
    from asv.machine import Machine
    from asv.results import Results, get_filename

    from portstudy.history.asv_plugin import Checkout, python_version, versions

    libraries = dict(measured_with or {"python": python_version(), **versions(sorted(LIBRARIES))})
    python = libraries.pop("python")
    variables = conditions.variables
    tagged = {("nobuild", name): value for name, value in variables.items()}
    environment = get_env_name(Checkout.tool_name, python, libraries, tagged)
    described = Machine()
    vars(described).update(sorted(machine.items()))
    described.save(str(RESULTS))
    parameters = {**vars(described), "python": python, **libraries}
    date = 1000 * int(git("log", "-1", "--format=%at", commit))
    results = Results(parameters, libraries, commit, date, python, environment, variables)
    results.load_data(str(RESULTS))  # of other kernels, recorded before
    with tempfile.TemporaryDirectory() as folder:
        for session in sessions:
            session.save(
                Path(folder, f"{benchmark_class(str(session.kernel))}-{session.size}.json")
            )
        for benchmark in suite():
            _add(results, benchmark, sessions, folder)
    results.save(str(RESULTS))
    return RESULTS / get_filename(machine["machine"], commit, environment)


def _add(results: Any, benchmark: Any, sessions: Sequence[Session], folder: str) -> None:
    """Add one figure of all ports in these sessions, as a run of asv's does."""
    from asv.runner import BenchmarkResult

    measured = {
        (f"{port!r}", f"{session.size!r}")
        for session in sessions
        if benchmark.name.split(".")[1] == benchmark_class(str(session.kernel))
        for port in session.ports
    }
    combinations = list(product(*benchmark.params))
    chosen = [index for index, words in enumerate(combinations) if words in measured]
    if not chosen:
        return
    count = len(combinations)
    found = BenchmarkResult([math.nan] * count, [None] * count, [None] * count, 0, "", None)
    for index in chosen:
        value = _value(benchmark, index, folder)
        if isinstance(value, dict):
            found.samples[index], found.number[index] = value["samples"], value["number"]
            value = True  # asv makes the median of the samples
        found.result[index] = value
    results.add_result(vars(benchmark), found, selected_idx=chosen)


def _value(benchmark: Any, index: int, folder: str) -> Any:
    """What asv would get from a process of its own: NaN where skipped, None where it fails."""
    from asv_runner.benchmarks.mark import SkipNotImplemented

    benchmark.set_param_idx(index)
    benchmark.set_cache(folder)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it skips
        try:
            return math.nan if benchmark.do_setup() else benchmark.do_run()
        except SkipNotImplemented:
            return math.nan
        except RuntimeError:
            return None
