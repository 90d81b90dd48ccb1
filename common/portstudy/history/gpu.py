"""A machine with a GPU: prove and measure on it, and bring home one file.

python -m portstudy.history.gpu [SELECTION ...] [--out FILE]   there, with any Python and libraries
python -m portstudy.history.gpu add FILE [--machine NAME]      here: into the history, as a machine

There it needs no network, no git and no asv. The file is written after each kernel, and what it has
is not done again: an interrupted run resumes. A SELECTION is that of `make bench`; the default is
`DEFAULT` below, the sizes at which a GPU has something to do.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from portstudy.backends.base import Unavailable
from portstudy.checkout import ROOT, git
from portstudy.files import write_whole
from portstudy.find import find_kernel, kernels
from portstudy.history.asv import machine_name
from portstudy.history.record import record_sessions
from portstudy.history.results import LIBRARIES
from portstudy.history.selection import Conditions, select
from portstudy.kernel import DTYPES
from portstudy.measure.machine import PROBED, devices, processor
from portstudy.measure.machine import versions as installed
from portstudy.measure.process import environment, usable_processors
from portstudy.measure.session import Session
from portstudy.names import UnknownName
from portstudy.show.console import PLAIN, open_console
from portstudy.show.progress import measure_with_progress
from portstudy.show.table import print_session

DEFAULT = [
    "lif:small", "lif:large", "lif_ensemble:small", "lif_ensemble:wide",
    "gaussian_density:large", "gaussian_mixture:large", "lotka_volterra:large",
    "lotka_volterra_ensemble:large", "threefry:large", "interleave_rows:large",
    "softmax_regression:large", "squared_distance:large", "mlp_training:small",
]  # fmt: skip


TIMEOUT = 1800.0
"""Seconds that the proofs of one kernel may take."""


def device() -> dict[str, str]:
    """Name, driver and memory of the GPU. Raises Unavailable where there is none."""
    fields = {"device_name": "name", "driver": "driver_version", "memory": "memory.total"}
    query = ["nvidia-smi", f"--query-gpu={','.join(fields.values())}", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"no NVIDIA GPU here: {' '.join(query)}: {error}") from error
    first = done.stdout.splitlines()[0].split(", ")
    table = subprocess.run(["nvidia-smi"], capture_output=True, text=True).stdout
    runtime = re.search(r"CUDA Version: (\S+)", table)
    return dict(zip(fields, first, strict=True)) | {"cuda": runtime[1] if runtime else ""}


def describe() -> dict[str, Any]:
    """The machine, its device and its libraries, with which the figures were measured."""
    return {
        **device(),
        "cpu": processor(),
        "num_cpu": str(usable_processors()),
        "os": platform.system(),
        "arch": platform.machine(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "versions": {name: version for name, version in installed().items() if version},
    }


class File:
    """What was found, as JSON; it knows what it has already."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data: dict[str, Any] = {"proofs": {}, "sessions": []}
        if path.exists():
            self.data = json.loads(path.read_text(encoding="utf-8"))

    def save(self) -> None:
        """Write the file, whole or not at all."""
        text = json.dumps(self.data) + "\n"
        write_whole(self.path, text)

    def has(self, kernel: str, size: str, ports: list[str], dtype: str) -> bool:
        """Is there a session of all these ports?"""
        return any(
            (s["kernel"], s["size"], s["dtype"]) == (kernel, size, dtype)
            and set(ports) <= set(s["ports"])
            for s in self.data["sessions"]
        )


def on_the_gpu(kernel: str) -> list[str]:
    """The ports of a kernel that can run on a GPU."""
    spec = find_kernel(kernel)
    return [port for port in spec.ports() if spec.backend(port).on_gpus]


def prove(kernel: str) -> list[dict[str, Any]]:
    """Prove a kernel's ports on the GPU, in a process of its own, which may die."""
    ports = on_the_gpu(kernel)
    if not ports:
        return []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [
            sys.executable, "-m", "portstudy.cli.parser", "check", kernel,
            "--device", "cuda", "--json", str(report), "--port", *ports,
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environment("all") | {"OMP_NUM_THREADS": "2"},
                capture_output=True, text=True, timeout=TIMEOUT,
            )  # fmt: skip
            why = f"exit code {done.returncode}: {done.stderr.strip().rpartition(chr(10))[2]}"
        except subprocess.TimeoutExpired:
            why = f"no answer within {TIMEOUT:g} s"
        if report.exists():
            return json.loads(report.read_text(encoding="utf-8"))
    row = {"kernel": kernel, "device": "cuda", "verdict": "wrong", "reason": why, "tiers": []}
    return [row | {"port": port, "dtype": dtype} for port in ports for dtype in DTYPES]


def run(words: list[str], path: Path, dtype: str) -> int:
    """Measure, prove everything, write the file; exits 1 if any port is wrong on the GPU."""
    console = open_console()
    chosen = select(words or DEFAULT)
    found = File(path)
    here = describe() | {"commit": git("rev-parse", "HEAD")}
    before = found.data.setdefault("machine", here)
    if any(before[key] != here[key] for key in ("device_name", "versions", "commit")):
        raise UnknownName(
            f"--out {str(path)!r}: is of {before['device_name']}, commit {before['commit'][:8]}, "
            f"{before['versions']}; allowed: a new file, or one of this machine"
        )
    found.save()
    console.print(f"{here['device_name']}, driver {here['driver']}, {here['versions']}", **PLAIN)
    for library in PROBED:
        seen = devices(library)["cuda"]
        console.print(f"{library}: {seen.get('name') or seen['reason']}", **PLAIN)
    for kernel, size, named in chosen:
        ports = [port for port in on_the_gpu(kernel) if port in named]
        if found.has(kernel, size, ports, dtype):
            continue
        session = measure_with_progress(
            console, kernel, size, ports, dtype=dtype, threads="all", device="cuda"
        )
        print_session(console, session)
        found.data["sessions"].append(asdict(session))
        found.save()
    missing = [kernel for kernel in kernels() if kernel not in found.data["proofs"]]
    with ThreadPoolExecutor(max(1, usable_processors() // 4)) as pool:
        futures = {pool.submit(prove, kernel): kernel for kernel in missing}
        for future in as_completed(futures):
            found.data["proofs"][futures[future]] = future.result()
            found.save()
            summary(console, futures[future], future.result())
    proofs = [row["verdict"] for rows in found.data["proofs"].values() for row in rows]
    statuses = [
        figures["status"]
        for session in found.data["sessions"]
        for figures in session["ports"].values()
        if session["reference"] != figures["port"]
    ]
    held, not_held = proofs.count("equal"), proofs.count("wrong")
    measured, sessions = statuses.count("measured"), len(found.data["sessions"])
    console.print(
        f"\n{path}: {held} proofs hold on the GPU, {not_held} do not; {measured} ports measured in "
        f"{sessions} sessions",
        **PLAIN,
    )
    failed = {"wrong", "different", "failed"} & {*proofs, *statuses}
    return int(bool(failed) or not measured)


def summary(console: Console, kernel: str, rows: list[dict[str, Any]]) -> None:
    """One line for a kernel's proofs, and one for each port that is wrong."""
    verdicts = [row["verdict"] for row in rows]
    counts = {word: verdicts.count(word) for word in ("equal", "unavailable", "wrong")}
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    console.print(f"{kernel} on the GPU: {said or 'no port runs there'}", **PLAIN)
    for row in rows:
        if row["verdict"] == "wrong":
            console.print(f"  {row['port']} {row['dtype']}: wrong: {row['reason']}", **PLAIN)


def add(path: Path, name: str) -> int:
    """Record a file's sessions as those of a machine of its own."""
    data = json.loads(path.read_text(encoding="utf-8"))
    machine = data["machine"]
    if not machine["commit"]:
        raise UnknownName(f"{path}: names no commit; allowed: a file from a checkout with git")
    parts = f"{machine['device_name']} {machine['cpu']} {machine['num_cpu']} cores cuda"
    kept = ("os", "arch", "cpu", "num_cpu", "device_name", "driver", "cuda")
    facts = {key: machine[key] for key in kept}
    facts |= {"machine": machine_name(name or parts), "device": "cuda", "ram": ""}
    found = {k: v.partition("+")[0] for k, v in machine["versions"].items()}  # 2.11.0+cu130
    versions = {name: found.get(name, "none") for name in sorted(LIBRARIES)}
    console = open_console()
    for dtype in DTYPES:
        if sessions := [Session.of(s) for s in data["sessions"] if s["dtype"] == dtype]:
            record_sessions(
                sessions, machine["commit"], facts, Conditions(dtype, "all", "cuda"),
                {"python": machine["python"], **versions},
            )  # fmt: skip
    console.print(
        f"Recorded as {facts['machine']}: git add benchmarks/results, and `make publish`", **PLAIN
    )
    return 0


def main() -> int:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m portstudy.history.gpu", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("selection", nargs="*", help="kernel[:size[:port,port]], or add FILE")
    parser.add_argument("--out", type=Path, default=Path("gpu.json"), help="default: gpu.json")
    parser.add_argument("--dtype", choices=DTYPES, default="float32")
    parser.add_argument(
        "--machine", default="", help="its name in the history; default: of its parts"
    )
    options = parser.parse_intermixed_args()
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    words = options.selection
    try:
        if words[:1] == ["add"]:
            if len(words) != 2:
                parser.error("add: one file, which `python -m portstudy.history.gpu` wrote")
            return add(Path(words[1]), options.machine)
        return run(words, options.out, options.dtype)
    except (UnknownName, Unavailable, OSError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        print(f"\nInterrupted; {options.out} has what was finished.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
