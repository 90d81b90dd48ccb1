"""Measurement in interleaved rounds, one worker process a port.

All ports of a session are loaded, proven on the very arguments that are timed, and then called in
turn, A B C A B C ...: what disturbs the machine disturbs all alike, the libraries' thread pools do
not fight inside one process, and a port that crashes or hangs is one row. Only ratios within a
session are to be trusted on a shared machine.

No number without a proof: a port whose outputs are not the reference's has a reason, no figures.
"""

import contextlib
import json
import math
import os
import platform
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np

from common.backends import leaves
from common.equivalence import Rounding, compare, compare_accuracy
from common.kernel import Kernel, find_kernel, one_of

Progress = Callable[[int, int, str], None]

BUDGET = 25.0
"""Seconds that the rounds of a session may take in all; at least 3 rounds are made."""
WIDE = 0.1
"""Where half of a port's ratios to the reference lie further apart than this, rounds are added."""
MOST_ROUNDS = 30


@dataclass
class Figures:
    """What was measured of one port. Times are seconds, memory is bytes."""

    port: str
    status: str = "measured"
    """measured, unavailable (its library or device is not here), different, failed, interrupted."""
    reason: str = ""
    import_seconds: float = math.nan
    """Importing the library and the port, in a fresh process."""
    first_call_seconds: float = math.nan
    """The first call, arguments on the device: with all tracing and compiling."""
    compile_seconds: float = math.nan
    """What of it the library says it spent on tracing and compiling."""
    put_seconds: float = math.nan
    get_seconds: float = math.nan
    peak_bytes: int = 0
    """The most that the process grew above its imports and its NumPy arguments, over two calls."""
    device_peak_bytes: int = 0
    """The most of a GPU's memory that the process held, its arguments included."""
    samples: list[float] = field(default_factory=list)
    """Seconds a call, one sample a round; of a simulator, those that it says it ran."""
    largest_error: float = math.nan
    """In units in the last place of the reference's value."""
    values: int = 0
    """How many output values were compared."""
    version: str = ""
    device_name: str = ""

    @property
    def steady_seconds(self) -> float:
        """Median over the rounds."""
        return median(self.samples) if self.samples else math.nan


@dataclass
class Session:
    """Ports of one kernel, measured together."""

    kernel: str
    size: str
    dtype: str
    device: str
    threads: str
    """1, or all: the processors this process may use."""
    reference: str
    bits: bool
    """Were the outputs compared to the last bit?"""
    python: str
    processors: int
    ports: dict[str, Figures]
    limit: list[float] = field(default_factory=list)
    """Seconds that the result takes at least on this machine, one sample a round."""

    def ratios(self, port: str, other: str = "") -> list[float]:
        """Time relative to another port's, if none is named the reference's, round by round."""
        mine, its = self.ports[port].samples, self.ports[other or self.reference].samples
        return [a / b for a, b in zip(mine, its, strict=True)] if mine and its else []

    def spread(self, port: str) -> float:
        """How far apart the middle half of the ratios lies, as a share of their median."""
        ratios = self.ratios(port)
        if len(ratios) < 2:
            return 0.0
        low, middle, high = quantiles(ratios, n=4)
        return (high - low) / middle

    def over_limit(self, port: str) -> list[float]:
        """Time relative to the machine's limit: to the best that it showed, which flatters none."""
        return [sample / min(self.limit) for sample in self.ports[port].samples if self.limit]

    def relative(self, port: str) -> float:
        """Time relative to the reference's: the median over the rounds."""
        return median(self.ratios(port) or [math.nan])

    def share(self, port: str) -> float:
        """Share of the machine's limit that a port reaches, 1 at best: median over the rounds."""
        return 1 / median(self.over_limit(port) or [math.nan])

    def break_even(self, port: str) -> float:
        """From how many calls on is the port, its first call included, faster than the reference?

        Infinity where it never is.
        """
        mine, reference = self.ports[port], self.ports[self.reference]
        if not mine.samples or not reference.samples:
            return math.nan
        ahead = reference.steady_seconds - mine.steady_seconds
        behind = mine.first_call_seconds - reference.first_call_seconds
        if port == self.reference or (behind <= 0 and ahead >= 0):
            return 1
        return math.inf if ahead <= 0 else 1 + math.ceil(behind / ahead)

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all."""
        scratch = path.with_suffix(".partial")
        scratch.write_text(json.dumps(asdict(self), indent=1))
        scratch.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Session":
        """Read what `save` wrote."""
        return cls.of(json.loads(path.read_text()))

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Session":
        """The session that `asdict` was made of."""
        ports = {name: Figures(**figures) for name, figures in data["ports"].items()}
        return cls(**data | {"ports": ports})


class Interrupted(KeyboardInterrupt):
    """Ctrl-C; `session` has what was measured until then."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session


@contextlib.contextmanager
def _interruptible(session: Session) -> Iterator[None]:
    """Ctrl-C leaves a session whose ports have as many rounds each, as far as they had any."""
    try:
        yield
    except KeyboardInterrupt:
        ports = session.ports.values()
        rounds = min((len(figures.samples) for figures in ports if figures.samples), default=0)
        for figures in ports:
            figures.samples = figures.samples[:rounds]
            if figures.status == "measured" and not figures.samples:
                figures.status, figures.reason = "interrupted", "before its first round"
        raise Interrupted(session) from None


class _Process:
    """A worker process: sends a command, waits for its reply, kills it when it is no use."""

    def __init__(
        self,
        job: dict,
        timeout: float,
        folder: Path,
        module: str = "common.worker",
        python: str = sys.executable,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.timeout = timeout
        self.stderr = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(
            [python, "-P", "-m", module, json.dumps(job)],  # whatever lies where the user works
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            text=True,
            # What a library leaves behind goes with the session: workers are killed.
            env=environment(job["threads"]) | {"TMPDIR": str(folder)} | dict(variables or {}),
            start_new_session=True,  # Ctrl-C reaches us alone; we end the workers
        )
        self.replies: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.replies.put(line)
        self.replies.put("")

    def ask(self, command: str, **arguments: Any) -> dict:
        """The reply to a command; of a worker that died or hung, an error of our own."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps([command, arguments]) + "\n")
            self.process.stdin.flush()
            line = self.replies.get(timeout=self.timeout)
        except queue.Empty:
            self.end()
            return {"error": "Timeout", "reason": f"no answer within {self.timeout:g} s"}
        except BrokenPipeError:
            line = ""
        if line:
            return json.loads(line)
        code = self.process.wait()
        self.stderr.seek(0)
        last = self.stderr.read().strip().rpartition("\n")[2]
        return {"error": "Died", "reason": f"its process ended with exit code {code}. {last}"}

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self.stderr.close()


def environment(threads: str) -> dict[str, str]:
    """Environment of a worker: its threads, and no caches that would hide what compiling costs."""
    processors = "1" if threads == "1" else str(usable_processors())
    pools = ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB")
    here = str(Path(__file__).parent.parent)  # a worker runs this very code
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")])),
        **{f"{pool}_NUM_THREADS": processors for pool in pools},
        "TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1",
        "JAX_ENABLE_COMPILATION_CACHE": "false",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # a GPU is shared by the workers of a session
    }


def usable_processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def measure(
    kernel: str,
    size: str,
    ports: Sequence[str] = (),
    *,
    dtype: str = "float64",
    device: str = "cpu",
    threads: str = "all",
    timeout: float = 300.0,
    progress: Progress = lambda done, total, what: None,
) -> Session:
    """Prove and measure some ports of a kernel (all, if none are named), in interleaved rounds.

    The reference is always among them, on the CPU. `progress(done, total, what)` is called before
    each call of a port; the total is known after the first round. Raises UnknownName for names
    that do not exist; a port that cannot be measured is a row with its reason. Ctrl-C raises
    Interrupted, a KeyboardInterrupt that has what was measured until then.
    """
    spec = find_kernel(kernel)
    spec.shape(size)
    one_of("threads", threads, ("1", "all"))
    for port in ports:
        one_of("port", port, spec.ports(), f" of kernel {spec.name!r}")
    held_against = spec.reference_at(size)
    named = {*ports, held_against} if ports else set(spec.ports_at(size))
    chosen = sorted(named, key=lambda port: (port != held_against, port))
    session = Session(
        kernel, size, dtype, device, threads, held_against, spec.dyadic is not None,
        platform.python_version(), usable_processors(), {p: Figures(p) for p in chosen},
    )  # fmt: skip
    with _interruptible(session), contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workers: dict[str, _Process] = {}
        for i, port in enumerate(chosen):
            progress(i, 4 * len(chosen), f"proving {port}")
            job = {
                "kernel": kernel,
                "port": port,
                "size": size,
                "dtype": dtype,
                "device": "cpu" if port == held_against else device,
                "threads": threads,
            }
            python = spec.backend(port).interpreter()
            workers[port] = _Process(job, timeout, folder, python=python)
            stack.callback(workers[port].end)
            _prepare(spec, session, session.ports[port], workers[port], folder)
            if port == held_against and not session.bits and not spec.measures_rounding:
                # What is exact for the very arguments that are timed, not for finer ones.
                job |= {"dtype": "float64", "inputs": dtype}
                oracle = _Process(job, timeout, folder)
                stack.callback(oracle.end)
                oracle.ask("load")
                oracle.ask("prove", path=str(folder / "exact.npz"))
        reference = folder / f"{held_against}.npz"
        limit = None
        if spec.work and session.ports[held_against].status == "measured":
            outputs = tuple(_saved(reference).values())
            work = spec.work(spec.make_inputs(size, dtype), outputs)
            limit = _Process(
                {"work": work, "dtype": dtype, "threads": threads, "device": device},
                timeout,
                folder,
                "common.roofline",
            )
            stack.callback(limit.end)
            limit.ask("load")
        _rounds(session, workers, limit, progress)
    return session


def _prepare(
    kernel: Kernel, session: Session, figures: Figures, worker: _Process, folder: Path
) -> None:
    """Load, call for the first time, prove."""
    path = str(folder / f"{figures.port}.npz")
    commands: list[tuple[str, dict]] = [("load", {}), ("first", {}), ("prove", {"path": path})]
    if kernel.measures_rounding and figures.port == session.reference:
        commands.append(("rounding", {"path": str(folder / "rounding.npz")}))
    for command, options in commands:
        reply = worker.ask(command, **options)
        if _failed(figures, reply):
            return
        for name, value in reply.items():
            setattr(figures, name, value)
    reference = session.ports[session.reference]
    if reference.status != "measured":
        figures.status = "failed"
        figures.reason = f"nothing to hold it against: {reference.port} {reference.status}"
        return
    try:
        outputs, expected = _saved(Path(path)), _saved(folder / f"{reference.port}.npz")
        if figures is reference:
            arguments = kernel.make_inputs(session.size, session.dtype)
            kernel.alive(arguments, tuple(outputs.values()))
        exact = _saved(folder / "exact.npz") if (folder / "exact.npz").exists() else None
        elsewhere = kernel.backend(figures.port).rounds_elsewhere
        if kernel.measures_rounding:
            changed, *allowed = _saved(folder / "rounding.npz").values()
            rounding = Rounding(allowed, changed.tolist())
            figures.largest_error = compare(kernel, expected, outputs, rounding=rounding)
        elif session.bits or exact is None:
            figures.largest_error = compare(
                kernel,
                expected,
                outputs,
                bits=session.bits and not elsewhere,
                elsewhere=elsewhere,
            )
        else:
            figures.largest_error = compare_accuracy(kernel, exact, expected, outputs)
        figures.values = sum(np.size(leaf) for leaf in leaves(outputs))
    except AssertionError as error:  # Different, and what `alive` raises
        figures.status, figures.reason = "different", str(error)


def _saved(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as saved:
        return {name.partition(" ")[2] or name: saved[name] for name in saved.files}


def _failed(figures: Figures, reply: dict) -> bool:
    if "error" not in reply:
        return False
    states = {"Unavailable": "unavailable", "Different": "different"}
    figures.status = states.get(reply["error"], "failed")
    known = ("Unavailable", "Different", "Broken", "Timeout", "Died")
    prefix = "" if reply["error"] in known else f"{reply['error']}: "
    figures.reason = prefix + reply["reason"]
    if re.search("read-?only", reply["reason"], re.IGNORECASE):
        figures.reason += ". A port must not change its arguments: let it work on a copy"
    figures.samples = []
    return True


def _rounds(
    session: Session, workers: dict[str, _Process], limit: _Process | None, progress: Progress
) -> None:
    """Call the ports in turn, for about as long as the budget allows; twice as long if need be.

    That is, where the ratio to the reference of a port still spreads wide over the rounds.
    """
    running = [port for port, figures in session.ports.items() if figures.status == "measured"]
    rounds, made = 3, 0
    began = time.perf_counter()
    while made < rounds:
        start = time.perf_counter()
        for i, port in enumerate(list(running)):
            done, total = (n * len(workers) for n in (1 + made, 1 + rounds))
            progress(done + i, total, f"round {made + 1} of {rounds}: {port}")
            reply = workers[port].ask("sample")
            if _failed(session.ports[port], reply):
                running.remove(port)
            else:
                session.ports[port].samples.append(reply["seconds"])
        if limit:
            reply = limit.ask("sample")
            if "error" in reply:
                session.limit, limit = [], None
            else:
                session.limit.append(reply["seconds"])
        made += 1
        now = time.perf_counter()
        if made == 1:
            rounds = min(10, max(3, int(BUDGET / (now - start))))
        if made == rounds and made < MOST_ROUNDS and now - began < 2 * BUDGET:
            rounds += any(session.spread(port) > WIDE for port in running)
