"""Driving asv: its configuration, its machines, its suite, its runs behind a bar."""

import io
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from portstudy.checkout import ROOT
from portstudy.history.results import RESULTS
from portstudy.history.selection import Conditions
from portstudy.measure.process import usable_processors

SUITE = ROOT / "benchmarks"


def run_asv(
    console: Console, arguments: list[str], settings: dict[str, str], log_name: str = "run.log"
) -> tuple[int, Path]:
    """Run asv behind a progress bar: it prints a row for every port and size, selected or not.

    Returns its exit code, and the file with all that it printed.
    """
    log = ROOT / ".asv" / "log" / log_name
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "asv", *arguments]
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console,
        transient=True, disable=not console.is_terminal,
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


def config(folder: Path, conditions: Conditions | None = None, *, results: Path = RESULTS) -> Path:
    """A copy of asv's configuration, for ports measured under these conditions."""
    from asv.util import load_json

    loaded = load_json(str(ROOT / "asv.conf.json"), js_comments=True)
    for name in ("benchmark_dir", "env_dir"):
        loaded[name] = str(ROOT / loaded[name])
    loaded |= {"repo": str(ROOT), "results_dir": str(results)}
    if conditions:
        variables = conditions.variables
        loaded["matrix"]["env_nobuild"] = {name: [value] for name, value in variables.items()}
        for further in loaded["include"]:
            further["env_nobuild"] = variables
    commands = [line.replace("{conf_dir}", str(ROOT)) for line in loaded["install_command"]]
    loaded["install_command"] = commands
    written = folder / "asv.conf.json"
    written.write_text(json.dumps(loaded))
    return written


def suite() -> list[Any]:
    """asv's benchmarks, from the files of this checkout."""
    from asv_runner._aux import update_sys_path
    from asv_runner.discovery import disc_benchmarks

    update_sys_path(str(SUITE))
    return list(disc_benchmarks(str(SUITE)))


def write_suite(results: Path) -> None:
    """Write what the suite consists of now: asv publishes no figure that is not in there."""
    from asv.benchmarks import Benchmarks
    from asv.config import Config
    from asv_runner.discovery import list_benchmarks

    conf = Config()
    conf.results_dir = str(results)
    listed = io.StringIO()
    list_benchmarks(str(SUITE), listed)
    Benchmarks(conf, json.loads(listed.getvalue())).save()


def this_machine(device: str, name: str = "") -> dict[str, str]:
    """What asv is told of this machine; its parts are its name if none is given."""
    from asv.util import get_cpu_info

    cpu = get_cpu_info() or platform.processor() or platform.machine()
    cores = usable_processors()
    return {
        "machine": machine_name(name or f"{cpu} {cores} cores {device}"),
        "os": platform.system(),
        "arch": platform.machine(),
        "cpu": cpu,
        "num_cpu": str(cores),
        "ram": f"{round(psutil.virtual_memory().total / 2**30)} GiB",
        "device": device,
        "device_name": cpu if device == "cpu" else _gpu_name(),
    }


def machine_name(words: str) -> str:
    """These words as a folder is called."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def register_machine(device: str, name: str = "") -> str:
    """Tell asv what this machine is, for `asv run --machine`; returns its name."""
    from asv.machine import MachineCollection

    facts = this_machine(device, name)
    MachineCollection.save(facts["machine"], facts)
    return facts["machine"]


def _gpu_name() -> str:
    query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    return subprocess.run(query, capture_output=True, text=True, check=True).stdout.splitlines()[0]
