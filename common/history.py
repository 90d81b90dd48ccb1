"""The performance history: asv on the current commit or on many, its site, and a table.

python -m common.history bench [SELECTION ...]    prove, measure, record, publish, print the table
python -m common.history record                   asv on a range of commits, for `make history`
python -m common.history publish                  build the site from the results alone
python -m common.history machine                  tell asv what this machine is; print its name

A SELECTION is `kernel`, `kernel:size` or `kernel:size:port,port`, with `*` for any; `all` is every
kernel at its first size. The default is the LIF network, alone and as an ensemble.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import psutil
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from common.compare import match, measure_with_progress, remarks, table
from common.kernel import (
    DEVICES,
    DTYPES,
    UnknownName,
    benchmark_class,
    find_kernel,
    kernels,
)
from common.measure import usable_processors

ROOT = Path(__file__).parent.parent
HTML = ROOT / ".asv" / "html"
DEFAULT = ["lif", "lif_ensemble"]
CODE = ["common", "implementations", "benchmarks/*.py"]

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
    console = Console()
    if not console.is_terminal:
        console.width = 100
    chosen = select(words)
    with tempfile.TemporaryDirectory() as folder:
        sessions = []
        for kernel, size, ports in chosen:
            session = measure_with_progress(console, kernel, size, ports, **conditions._asdict())
            session.save(Path(folder) / f"{kernel}-{size}.json")
            if keep:
                session.save(keep / f"{kernel}-{size}-{conditions.dtype}-{conditions.threads}.json")
            sessions.append(session)
        recorded = _record(console, chosen, folder, conditions)
    published = publish(console)
    for session in sessions:
        console.print()
        console.print(table(session, console.width))
        for line in remarks(session):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    broken = any(f.status in ("different", "failed") for s in sessions for f in s.ports.values())
    return 1 if broken or not recorded or not published else 0


def _record(
    console: Console, chosen: list[Selection], sessions: str, conditions: Conditions
) -> bool:
    """Hand the sessions to asv, for the current commit; false where a figure failed."""
    commit = git("rev-parse", "HEAD")
    if not commit or git("status", "--porcelain", "--", *CODE):
        console.print("Not recorded: the code differs from the last commit. Commit it first.")
        return True
    # The figures are there already: a process forked for each is soon done with reading its own.
    command = [
        sys.executable,
        "-m",
        "asv",
        "run",
        "-E",
        "checkout",
        "--launch-method",
        "forkserver",
    ]
    command += ["--set-commit-hash", commit]
    command += ["--machine", register_machine(conditions.device), *_only(chosen)]
    settings = {f"PORTSTUDY_{name.upper()}": value for name, value in conditions._asdict().items()}
    return _run_asv(console, command, settings | {"PORTSTUDY_SESSIONS": sessions}) == 0


def _run_asv(console: Console, command: list[str], settings: dict[str, str]) -> int:
    """Run asv behind a progress bar: it prints a row for every port and size, selected or not."""
    log = ROOT / ".asv" / "run.log"
    log.parent.mkdir(exist_ok=True)
    bar = Progress(TextColumn("recording with asv"), BarColumn(), console=console)
    with bar, log.open("w") as lines:
        task = bar.add_task("", total=100)
        with subprocess.Popen(
            command, cwd=ROOT, env=os.environ | settings, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            for line in process.stdout:
                lines.write(line)
                percent = re.match(r"\[ *([\d.]+)%\]", line)
                if percent:
                    bar.update(task, completed=float(percent[1]))
    if process.returncode:
        console.print(f"asv ended with exit code {process.returncode}: see {log.relative_to(ROOT)}")
    return process.returncode


def publish(console: Console) -> bool:
    """Build the site from all results, to be opened with no network."""
    from common import book
    from common.site import make_local

    shutil.rmtree(HTML, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "asv", "publish", "--no-pull", "-o", str(HTML)], cwd=ROOT
    )
    if done.returncode:
        return False
    why = make_local(HTML, ROOT / ".asv" / "npm")
    if why:
        console.print(f"The site needs a network, its scripts come from CDNs: {why}")
    book.build()
    console.print(
        f"\nSite: {HTML}/index.html, to be served (a browser loads no data from files):\n"
        f"  python3 -m http.server --bind 127.0.0.1 --directory {HTML.relative_to(ROOT)} 8000\n"
        "  http://127.0.0.1:8000/#/ports.Lif.track_steady_state?x-axis=port&y-axis-scale=log",
        highlight=False,
        soft_wrap=True,
    )
    return True


def record(commits: str, words: list[str], *, device: str) -> int:
    """Run asv over a range of commits, in environments that it builds."""
    hashes = git("rev-list", "--first-parent", *commits.split())
    if not hashes:
        print(f"--range: git finds no commits in {commits!r}", file=sys.stderr)
        return 2
    chosen = ROOT / ".asv" / "commits"
    chosen.parent.mkdir(exist_ok=True)
    chosen.write_text(hashes)
    command = [
        sys.executable,
        "-m",
        "asv",
        "run",
        f"HASHFILE:{chosen}",
        "--machine",
        register_machine(device),
    ]
    selected = select(words)
    ports = {port for _, _, names in selected for port in names}
    done = subprocess.run(
        [*command, "--skip-existing", *_only(selected)],
        cwd=ROOT, env=os.environ | {"PORTSTUDY_PORTS": ",".join(sorted(ports))},
    )  # fmt: skip
    published = publish(Console())
    return done.returncode or int(not published)


def _only(chosen: list[Selection]) -> list[str]:
    """asv's options for these ports and sizes alone."""
    options = []
    for kernel, size, ports in chosen:
        name = benchmark_class(kernel)
        options += ["--bench", rf"^ports\.{name}\..*\('({'|'.join(ports)})', '{size}'\)$"]
    return options


def register_machine(device: str) -> str:
    """Tell asv what this machine is; returns its name, made of its processor and device."""
    from asv.machine import MachineCollection
    from asv.util import get_cpu_info

    cpu = get_cpu_info() or platform.processor() or platform.machine()
    cores = usable_processors()
    name = re.sub(r"[^a-z0-9]+", "-", f"{cpu} {cores} cores {device}".lower()).strip("-")
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
    parser.add_argument("action", choices=["bench", "record", "publish", "machine"])
    parser.add_argument("selection", nargs="*", help="kernel[:size[:port,port]]")
    parser.add_argument("--range", default="-n 5 HEAD", help="commits, as git rev-list does")
    parser.add_argument("--dtype", choices=DTYPES, default="float64")
    parser.add_argument("--threads", choices=["all", "1"], default="all")
    parser.add_argument("--device", choices=DEVICES, default="cpu")
    options = parser.parse_intermixed_args()
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    try:
        if options.action == "publish":
            return 0 if publish(Console()) else 1
        if options.action == "machine":
            print(register_machine(options.device))
            return 0
        if options.action == "record":
            return record(options.range, options.selection, device=options.device)
        return bench(options.selection, Conditions(options.dtype, options.threads, options.device))
    except UnknownName as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        print("\nInterrupted; nothing was recorded.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
