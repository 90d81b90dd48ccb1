"""Measurement in interleaved rounds, one worker process a port.

All ports of a session are loaded, proven on the very arguments that are timed, and then called in
turn, A B C A B C ...: what disturbs the machine disturbs all alike, the libraries' thread pools do
not fight inside one process, and a port that crashes or hangs is one row. Only ratios within a
session are to be trusted on a shared machine.

No number without a proof: a port whose outputs are not the reference's has a reason, no figures.
"""

import contextlib
import platform
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from portstudy.find import find_kernel
from portstudy.kernel import Kernel
from portstudy.measure.process import Process, usable_processors
from portstudy.measure.session import Figures, Interrupted, Session
from portstudy.names import one_of
from portstudy.proof.comparison import compare
from portstudy.proof.rounding import Rounding
from portstudy.proof.tiers import compare_accuracy
from portstudy.trees import leaves

Progress = Callable[[int, int, str], None]


BUDGET = 25.0
"""Seconds that the rounds of a session may take in all; at least 3 rounds are made."""


WIDE = 0.1
"""Where half of a port's ratios to the reference lie further apart than this, rounds are added."""


MOST_ROUNDS = 30


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
        workers: dict[str, Process] = {}
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
            workers[port] = Process(job, timeout, folder, python=python)
            stack.callback(workers[port].end)
            _prepare(spec, session, session.ports[port], workers[port], folder)
            if port == held_against and not session.bits and not spec.measures_rounding:
                # What is exact for the very arguments that are timed, not for finer ones.
                job |= {"dtype": "float64", "inputs": dtype}
                oracle = Process(job, timeout, folder)
                stack.callback(oracle.end)
                oracle.ask("load")
                oracle.ask("prove", path=str(folder / "exact.npz"))
        reference = folder / f"{held_against}.npz"
        limit = None
        if spec.work and session.ports[held_against].status == "measured":
            outputs = spec.nested(_saved(reference).values())
            work = spec.work(spec.make_inputs(size, dtype), outputs)
            limit = Process(
                {"work": work, "dtype": dtype, "threads": threads, "device": device},
                timeout,
                folder,
                "portstudy.measure.limits",
            )
            stack.callback(limit.end)
            limit.ask("load")
        _rounds(session, workers, limit, progress)
    return session


def _prepare(
    kernel: Kernel, session: Session, figures: Figures, worker: Process, folder: Path
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
            kernel.refuse_dead(arguments, kernel.nested(outputs.values()))
        exact = _saved(folder / "exact.npz") if (folder / "exact.npz").exists() else None
        elsewhere = kernel.backend(figures.port).rounds_elsewhere
        if kernel.measures_rounding:
            changed, *allowed = _saved(folder / "rounding.npz").values()
            rounding = Rounding(allowed, changed.tolist())
            figures.largest_error = compare(kernel, expected, outputs, rounding=rounding)
        elif session.bits or exact is None:
            figures.largest_error = compare(
                kernel, expected, outputs, bits=session.bits, elsewhere=elsewhere
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
    session: Session, workers: dict[str, Process], limit: Process | None, progress: Progress
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
