"""A machine with a GPU: prove and measure on it, and bring home one file.

python -m portstudy.history.gpu [SELECTION ...] [--out FILE]   there, with any Python and libraries
python -m portstudy.history.gpu add FILE [--machine NAME]      here: into the history, as a machine

There it needs no network, no asv and no git (--commit says what the code is of). The file is
written after each port and each session, and what it has is not done again: an interrupted run
resumes. A SELECTION is that of `make bench`; the default is `DEFAULT` below, the sizes at which a
GPU has something to do, by worth.

With --minutes it ends by itself, with what it has: the proofs of the most telling kernels come
first, then their figures, then the figures and the proofs of the others.
"""

import argparse
import contextlib
import json
import math
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from portstudy.backends.base import Unavailable
from portstudy.checkout import git
from portstudy.files import write_whole
from portstudy.find import find_kernel, kernels
from portstudy.history.asv import machine_name
from portstudy.history.record import record_sessions
from portstudy.history.results import LIBRARIES
from portstudy.history.selection import Conditions, Selection, select
from portstudy.kernel import DTYPES
from portstudy.measure.machine import PROBED, devices, processor
from portstudy.measure.machine import versions as installed
from portstudy.measure.process import Child, environment, usable_processors
from portstudy.measure.session import Interrupted, Session
from portstudy.names import UnknownName
from portstudy.show.console import PLAIN, open_console
from portstudy.show.progress import measure_with_progress
from portstudy.show.table import print_session

FIRST = [
    "lif", "lif_ensemble", "gaussian_density", "gaussian_mixture", "lotka_volterra", "threefry",
    "interleave_rows",
]  # fmt: skip
"""The kernels whose ports for a GPU tell most: all of them are proven before anything is timed."""

DEFAULT = [
    "lif:small", "lif_ensemble:wide", "gaussian_density:large", "gaussian_mixture:large",
    "lotka_volterra:large", "threefry:large", "interleave_rows:large", "lif:large",
    "lif_ensemble:small", "lotka_volterra_ensemble:large", "softmax_regression:large",
    "squared_distance:large", "mlp_training:small",
]  # fmt: skip
"""What is measured, by worth."""

SLOW_COMPILERS = ("torch_compile", "jax_unrolled")
"""How the ports' names begin that take longest to prove: they start first, the others beside."""

TIMEOUT = 1800.0
"""Seconds that the proof of one port may take."""

PROVING = 0.45
"""Share of the minutes after which the first proofs must be done, for figures to follow."""

ROUNDS = 6.0
"""Seconds that the rounds of a session take at least, where the minutes are counted."""


@dataclass
class Budget:
    """How much time is left."""

    seconds: float = math.inf
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self.end = self.clock() + self.seconds

    @property
    def left(self) -> float:
        """Seconds until the end."""
        return self.end - self.clock()

    def part(self, share: float) -> "Budget":
        """A share of all of it, from now on, and no more than is left."""
        return Budget(min(self.seconds * share, self.left), self.clock)


@contextlib.contextmanager
def ending_with(budget: Budget) -> Iterator[None]:
    """Ctrl-C, so to speak, at the end of the budget: what is measured until then is kept."""
    if budget.seconds == math.inf:
        yield
        return

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(budget.left, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


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


class Proof:
    """The proof of a port on the GPU in every dtype, in a process of its own, which may hang."""

    def __init__(self, kernel: str, port: str, seconds: float) -> None:
        self.kernel, self.port, self.seconds = kernel, port, seconds
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.report = Path(self.folder.name, "report.json")
        threads = {f"{pool}_NUM_THREADS": "2" for pool in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
        here = {"TMPDIR": self.folder.name, "TORCHINDUCTOR_COMPILE_THREADS": "1"}
        words = ["check", kernel, "--device", "cuda", "--json", str(self.report), "--port", port]
        self.began = time.monotonic()
        self.child = Child(
            "portstudy", words, variables=environment("all") | threads | here,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """What was found, a row for each dtype; nothing as long as it runs."""
        if self.child.process.poll() is not None:
            why = f"its process {self.child.how_it_ended()}"
        elif time.monotonic() - self.began > self.seconds:
            why = f"no answer within {self.seconds:.3g} s"
        else:
            return []
        if self.report.exists():
            return json.loads(self.report.read_text(encoding="utf-8"))
        row = {"kernel": self.kernel, "port": self.port, "device": "cuda", "tiers": []}
        return [row | {"dtype": dtype, "verdict": "wrong", "reason": why} for dtype in DTYPES]

    def end(self) -> None:
        """Leave nothing of it behind, whether it has ended or not."""
        self.child.end()
        self.folder.cleanup()


def prove_all(
    console: Console, found: File, pairs: Sequence[tuple[str, str]], budget: Budget
) -> None:
    """Prove kernels' ports side by side, those not proven yet; what hangs to the end is wrong.

    What could only begin when little time is left is not begun: that is for the next run.
    """
    waiting = [
        (kernel, port)
        for kernel, port in dict.fromkeys(pairs)
        if port not in found.data["proofs"].get(kernel, {})
    ]
    waiting.sort(key=lambda pair: not pair[1].startswith(SLOW_COMPILERS))
    running: list[Proof] = []
    try:
        while waiting or running:
            if budget.left < budget.seconds / 10 and waiting:
                what = ", ".join(map("/".join, waiting))
                console.print(f"not reached: the proofs of {what}", **PLAIN)
                waiting = []
            while waiting and len(running) < max(1, usable_processors() - 2):
                running.append(Proof(*waiting.pop(0), min(TIMEOUT, budget.left)))
            for proof in list(running):
                if rows := proof.rows():
                    proof.end()
                    running.remove(proof)
                    found.data["proofs"].setdefault(proof.kernel, {})[proof.port] = rows
                    found.save()
                    summary(console, proof.kernel, proof.port, rows)
            time.sleep(0.1)
    finally:
        for proof in running:
            proof.end()


def measure_all(
    console: Console, found: File, chosen: Sequence[Selection], dtype: str, budget: Budget
) -> None:
    """Measure what is not measured yet, as far as the budget goes; whole rounds, at its end."""
    counted = budget.seconds < math.inf
    for kernel, size, named in chosen:
        ports = [port for port in on_the_gpu(kernel) if port in named]
        hung = {
            port for port, rows in found.data["proofs"].get(kernel, {}).items()
            if any("no answer" in row["reason"] for row in rows)
        }  # fmt: skip
        ports = [port for port in ports if port not in hung]
        if found.has(kernel, size, ports, dtype):
            continue
        if budget.left < min(30, budget.seconds / 10):
            console.print(f"not reached: {kernel} {size}", **PLAIN)
            continue
        limits = {"budget": ROUNDS, "timeout": max(60.0, budget.left / 3)} if counted else {}
        began = time.perf_counter()
        try:
            session = measure_with_progress(
                console, kernel, size, ports, dtype=dtype, threads="all", device="cuda",
                beside=max(1, usable_processors() // 3), **limits,
            )  # fmt: skip
        except Interrupted as interruption:
            keep(console, found, interruption.session)
            raise
        keep(console, found, session)
        seconds = time.perf_counter() - began
        console.print(f"{kernel} {size} took {seconds:.0f} s", **PLAIN)


def keep(console: Console, found: File, session: Session) -> None:
    """Print a session and add it to the file, if the rounds are enough to say how they scatter."""
    print_session(console, session)
    if max(len(figures.samples) for figures in session.ports.values()) >= 3:
        found.data["sessions"].append(asdict(session))
        found.save()


def run(words: list[str], path: Path, dtype: str, budget: Budget, commit: str = "") -> int:
    """Prove and measure, write the file; exits 1 if any port is wrong on the GPU."""
    console = open_console()
    chosen = select(words or DEFAULT)
    commit = commit or git("rev-parse", "HEAD")
    if not re.fullmatch("[0-9a-f]{40}", commit):
        raise UnknownName(
            f"--commit: {commit!r} is no commit, and there is no git here to ask; allowed: the 40 "
            "digits that `git rev-parse HEAD` printed where this code comes from"
        )
    found = File(path)
    here = describe() | {"commit": commit}
    before = found.data.setdefault("machine", here)
    if any(before[key] != here[key] for key in ("device_name", "versions", "commit")):
        raise UnknownName(
            f"--out {str(path)!r}: is of {before['device_name']}, commit {before['commit'][:8]}, "
            f"{before['versions']}; allowed: a new file, or one of this machine"
        )
    found.save()
    console.print(f"{here['device_name']}, driver {here['driver']}, {here['versions']}", **PLAIN)
    mine = [(k, port) for k, _, named in chosen for port in on_the_gpu(k) if port in named]
    first = [pair for pair in mine if pair[0] in FIRST] or mine
    every = [(kernel, port) for kernel in kernels() for port in on_the_gpu(kernel)]
    try:
        with ending_with(budget):
            with ThreadPoolExecutor() as pool:
                for library, seen in zip(PROBED, pool.map(devices, PROBED), strict=True):
                    cuda = seen["cuda"]
                    console.print(f"{library}: {cuda.get('name') or cuda['reason']}", **PLAIN)
            prove_all(console, found, first, budget.part(PROVING))
            measure_all(console, found, chosen, dtype, budget)
            prove_all(console, found, [*mine, *every], budget)
    except KeyboardInterrupt:
        if budget.left > 0:
            raise
        console.print("The time is over: the rest is for the next run.", **PLAIN)
    return conclude(console, found)


def conclude(console: Console, found: File) -> int:
    """The last line; and the exit code: 1 if any port is wrong, or none was measured."""
    proofs = [
        row["verdict"]
        for ports in found.data["proofs"].values()
        for rows in ports.values()
        for row in rows
    ]
    statuses = [
        figures["status"]
        for session in found.data["sessions"]
        for figures in session["ports"].values()
        if session["reference"] != figures["port"]
    ]
    held, not_held = proofs.count("equal"), proofs.count("wrong")
    measured, sessions = statuses.count("measured"), len(found.data["sessions"])
    console.print(
        f"\n{found.path}: {held} proofs hold on the GPU, {not_held} do not; {measured} ports "
        f"measured in {sessions} sessions",
        **PLAIN,
    )
    failed = {"wrong", "different", "failed"} & {*proofs, *statuses}
    return int(bool(failed) or not measured)


def summary(console: Console, kernel: str, port: str, rows: list[dict[str, Any]]) -> None:
    """A line for the proof of a port, and one more for each dtype in which it does not hold."""
    verdicts = sorted({row["verdict"] for row in rows})
    console.print(f"{kernel}/{port} on the GPU: {', '.join(verdicts)}", **PLAIN)
    for row in rows:
        if row["verdict"] != "equal":
            console.print(f"  {row['dtype']}: {row['verdict']}: {row['reason']}", **PLAIN)


def add(path: Path, name: str) -> int:
    """Record a file's sessions as those of a machine of its own."""
    data = json.loads(path.read_text(encoding="utf-8"))
    machine = data["machine"]
    if not git("cat-file", "-t", machine["commit"]):
        raise UnknownName(
            f"{path}: is of commit {machine['commit']}, which this checkout does not have"
        )
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
        "--minutes", type=float, default=math.inf, help="end by itself after so many"
    )
    parser.add_argument("--commit", default="", help="what the code is of, where there is no git")
    parser.add_argument(
        "--machine", default="", help="its name in the history; default: of its parts"
    )
    options = parser.parse_intermixed_args()
    if not options.minutes > 0:
        parser.error(f"--minutes {options.minutes:g}: allowed: more than 0")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    words = options.selection
    try:
        if words[:1] == ["add"]:
            if len(words) != 2:
                parser.error("add: one file, which `python -m portstudy.history.gpu` wrote")
            return add(Path(words[1]), options.machine)
        return run(words, options.out, options.dtype, Budget(60 * options.minutes), options.commit)
    except (UnknownName, Unavailable, OSError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        print(f"\nInterrupted; {options.out} has what was finished.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
