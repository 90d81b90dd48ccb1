"""asv, driven: what is selected, on which machine, with which configuration, behind a bar."""

import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from common.compare import match
from common.kernel import benchmark_class, find_kernel, kernels
from common.measure import usable_processors
from common.results import RESULTS

ROOT = Path(__file__).parent.parent
DEFAULT = ["lif", "lif_ensemble"]
PLAIN: dict[str, Any] = {"markup": False, "highlight": False, "soft_wrap": True}

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


def git(*arguments: str) -> str:
    """What git says of this checkout; "" where it is none."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


class Conditions(NamedTuple):
    """Under which all ports of a run are measured."""

    dtype: str
    threads: str
    device: str


def run_asv(
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


def config(
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

    loaded = load_json(str(ROOT / "asv.conf.json"), js_comments=True)
    for name in ("benchmark_dir", "env_dir"):
        loaded[name] = str(ROOT / loaded[name])
    loaded |= {"repo": str(ROOT), "results_dir": str(results), "plugins": []}
    if conditions:
        variables = {
            "PORTSTUDY_DTYPE": conditions.dtype,
            "PORTSTUDY_THREADS": conditions.threads,
        }
        loaded["matrix"]["env_nobuild"] = {name: [value] for name, value in variables.items()}
        loaded["include"] = loaded.get("include", []) if oldest else []
        for further in loaded["include"]:
            further["env_nobuild"] = variables
    commands = [line.replace("{conf_dir}", str(ROOT)) for line in loaded["install_command"]]
    loaded["install_command"] = commands
    written = folder / "asv.conf.json"
    written.write_text(json.dumps(loaded))
    return written


def settings(chosen: list[Selection], conditions: Conditions, sessions: Path) -> dict[str, str]:
    """What the suite is told: the ports that it measures, where, and a folder for its sessions."""
    ports = sorted({port for _, _, named in chosen for port in named})
    return {
        "PORTSTUDY_PORTS": ",".join(ports),
        "PORTSTUDY_DEVICE": conditions.device,
        "PORTSTUDY_SESSIONS": str(sessions),
    }


def only(chosen: list[Selection], figure: str = ".*") -> list[str]:
    """asv's options for these ports and sizes alone."""
    options = []
    for kernel, size, ports in chosen:
        name = benchmark_class(kernel)
        options += ["--bench", rf"^ports\.{name}\.{figure}\('({'|'.join(ports)})', '{size}'\)$"]
    return options


def register_machine(device: str, name: str = "") -> str:
    """Tell asv what this machine is; returns its name, if none is given of what it is made of."""
    from asv.util import get_cpu_info

    cpu = get_cpu_info() or platform.processor() or platform.machine()
    cores = usable_processors()
    return save_machine(
        name or f"{cpu} {cores} cores {device}",
        os=platform.system(),
        arch=platform.machine(),
        cpu=cpu,
        num_cpu=str(cores),
        ram=f"{round(psutil.virtual_memory().total / 2**30)} GiB",
        device=device,
        device_name=cpu if device == "cpu" else _gpu_name(),
    )


def save_machine(words: str, **facts: str) -> str:
    """Tell asv of a machine; returns its name, which is these words as a folder is called."""
    from asv.machine import MachineCollection

    name = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    MachineCollection.save(name, {"machine": name, **facts})
    return name


def _gpu_name() -> str:
    query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    return subprocess.run(query, capture_output=True, text=True, check=True).stdout.splitlines()[0]
