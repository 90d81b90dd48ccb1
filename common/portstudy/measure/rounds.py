"""Measurement in interleaved rounds, one worker process per port.

All ports of a session are loaded, proven on the very arguments that are timed, and then called in
turn, A B C A B C ...: whatever disturbs the machine disturbs all alike, the libraries' thread pools
do not fight inside one process, and a port that crashes or hangs is one row. Only ratios within a
session are to be trusted on a shared machine.

No number without a proof: a port whose outputs differ from the reference's gets a reason instead.
"""

import contextlib
import copy
import math
import platform
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from portstudy.find import find_kernel
from portstudy.functions import AS_MADE, Functions
from portstudy.kernel import Kernel
from portstudy.measure.functions import outputs_of, prove_function
from portstudy.measure.process import Worker, usable_processors
from portstudy.measure.session import (
    Figures,
    Interrupted,
    Session,
    Status,
    failed,
    taken,
    unproven,
)
from portstudy.names import Target, one_of
from portstudy.proof.comparison import compare
from portstudy.proof.tiers import compare_accuracy
from portstudy.trees import leaves
from portstudy.work import Work, moved

Progress = Callable[[int, int, str], None]

BUDGET = 25.0
"""Seconds that the rounds of a session may take in all; at least 3 rounds are made."""
WIDE = 0.1
"""Rounds are added where half of a port's ratios to the reference lie further apart than this."""
MOST_ROUNDS = 30


@contextlib.contextmanager
def _interruptible(session: Session) -> Iterator[None]:
    """Ctrl-C leaves a session in which every measured port has the same number of rounds."""
    try:
        yield
    except KeyboardInterrupt:
        session.ports = copy.deepcopy(session.ports)  # what is still under way changes the others
        ports = session.ports.values()
        rounds = min((len(figures.samples) for figures in ports if figures.samples), default=0)
        for figures in ports:
            figures.samples = figures.samples[:rounds]
            if figures.status == Status.MEASURED and not figures.samples:
                figures.status, figures.reason = Status.INTERRUPTED, "before its first round"
        raise Interrupted(session) from None


def measure(
    kernel: Target,
    size: str,
    ports: Sequence[str] = (),
    *,
    dtype: str = "",
    device: str = "cpu",
    threads: str = "all",
    timeout: float = 300.0,
    budget: float = BUDGET,
    beside: int = 1,
    progress: Progress = lambda done, total, what: None,
) -> Session:
    """Prove and measure some ports of a kernel (default: all), in interleaved rounds.

    The reference is always among them, on the CPU. The rounds take about `budget` seconds in all;
    `beside` ports at a time are started and called for the first time, which disturbs the figures
    of these calls where there are not processors enough. `progress(done, total, what)` is called
    before each call of a port; the total is known after the first round. Raises UnknownName for
    names that do not exist; a port that cannot be measured is a row with its reason. Ctrl-C raises
    Interrupted, a KeyboardInterrupt that holds what was measured until then.
    """
    spec = find_kernel(kernel)
    for port in ports:
        one_of("port", port, spec.ports(), f" of kernel {spec.name!r}")
    reference = spec.reference_at(size)
    chosen = {*ports, reference} if ports else set(spec.ports_at(size))
    session = new_session(kernel, size, chosen, dtype=dtype, device=device, threads=threads)
    with contextlib.ExitStack() as stack, _interruptible(session):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workers: dict[str, Worker] = {}
        pool = stack.enter_context(ThreadPoolExecutor(beside))

        def begin(i: int, figures: Figures) -> None:
            port = figures.port
            progress(i, 4 * len(session.ports), f"proving {port}")
            workers[port] = start(session, port, folder, timeout=timeout)
            stack.callback(workers[port].end)
            if isinstance(spec, Functions):
                prove_function(session, figures, workers, folder)
            else:
                prove(session, figures, workers[port], folder)
            if port == reference and figures.status == Status.MEASURED:
                _prove_oracle(session, figures, folder, timeout)

        first, *others = session.ports.values()
        begin(0, first)  # what the others are compared with
        for _ in pool.map(begin, range(1, len(session.ports)), others):
            pass
        limit = _limit(session, workers, folder, timeout)
        if limit:
            stack.callback(limit.end)
        _rounds(session, workers, limit, progress, budget)
    return session


def new_session(
    kernel: Target, size: str, ports: set[str], *,
    dtype: str = "", device: str = "cpu", threads: str = "all",
) -> Session:  # fmt: skip
    """A session in which nothing is measured yet, the reference first among its ports."""
    spec = find_kernel(kernel)
    spec.shape(size)
    dtype = one_of("dtype", dtype or spec.dtypes[0], spec.dtypes)
    one_of("threads", threads, ("1", "all"))
    reference = spec.reference_at(size)
    chosen = sorted(ports, key=lambda port: (port != reference, port))
    return Session(
        kernel, size, dtype, device, threads, reference, spec.dyadic is not None,
        platform.python_version(), usable_processors(), {port: Figures(port) for port in chosen},
    )  # fmt: skip


def start(
    session: Session, port: str, folder: Path, *, timeout: float,
    variables: Mapping[str, str] | None = None, **changes: str,
) -> Worker:  # fmt: skip
    """A worker for one port of a session, with `changes` to what the session says."""
    job = {
        "kernel": session.kernel,
        "port": port,
        "size": session.size,
        "dtype": session.dtype,
        "device": "cpu" if port == session.reference else session.device,
        "threads": session.threads,
    }
    python = find_kernel(session.kernel).backend(port).interpreter()
    return Worker(job | changes, timeout, folder, python=python, variables=variables)


def prove(session: Session, figures: Figures, worker: Worker, folder: Path) -> None:
    """Load a port, call it for the first time, and prove it; the reference comes first."""
    kernel = find_kernel(session.kernel)
    commands: list[tuple[str, dict]] = [
        ("load", {}), ("first", {}), ("prove", {"path": str(folder / f"{figures.port}.npz")}),
        ("refuse_memory", {}),
    ]  # fmt: skip
    if not all(taken(figures, worker.ask(command, **options)) for command, options in commands):
        return
    if unproven(session, figures):
        return
    try:
        _compare(session, kernel, figures, folder)
    except AssertionError as error:  # Different, and what `alive` raises
        figures.status, figures.reason = Status.DIFFERENT, str(error)


def _compare(session: Session, kernel: Kernel, figures: Figures, folder: Path) -> None:
    """Compare what a port returned with what the reference did; raises Different."""
    outputs, expected = (
        _saved(folder / f"{port}.npz") for port in (figures.port, session.reference)
    )
    if figures.port == session.reference:
        arguments = kernel.make_inputs(session.size, session.dtype)
        kernel.refuse_dead(arguments, kernel.nested(outputs.values()))
    exact = folder / "exact.npz"
    elsewhere = kernel.backend(figures.port).rounds_elsewhere
    if session.bits or figures.port == session.reference:
        figures.largest_error = compare(
            kernel, expected, outputs, bits=session.bits, elsewhere=elsewhere
        )
    else:
        figures.largest_error = compare_accuracy(kernel, _saved(exact), expected, outputs)
    figures.values = sum(np.size(leaf) for leaf in leaves(outputs))


def _prove_oracle(session: Session, reference: Figures, folder: Path, timeout: float) -> None:
    """Run the reference in float64, where that is what ports are compared with.

    On the very arguments that are timed, not on finer ones. Where it cannot run there is nothing to
    compare any port with: the reference has failed.
    """
    if session.bits or isinstance(find_kernel(session.kernel), Functions):
        return
    oracle = start(
        session, reference.port, folder, timeout=timeout, dtype="float64", inputs=session.dtype
    )
    with contextlib.ExitStack() as stack:
        stack.callback(oracle.end)
        for command, options in (("load", {}), ("prove", {"path": str(folder / "exact.npz")})):
            if failed(reference, oracle.ask(command, **options)):
                reference.reason = f"its run in float64, for comparison: {reference.reason}"
                return


def _limit(
    session: Session, workers: Mapping[str, Worker], folder: Path, timeout: float
) -> Worker | None:
    """A worker that samples the machine's limit, where it is known what the result needs."""
    spec, bound = find_kernel(session.kernel), session.bound
    if session.ports[session.reference].status != Status.MEASURED:
        return None
    arguments = spec.make_inputs(session.size, session.dtype)
    dtype = session.dtype
    if isinstance(spec, Functions):
        dtype = spec.precision if dtype == AS_MADE else dtype
        traffic = moved(arguments, outputs_of(folder / session.reference))
        work = Work((traffic,), _operations(session, workers))
    elif spec.work:
        outputs = spec.nested(_saved(folder / f"{session.reference}.npz").values())
        work = spec.work(arguments, outputs)
    else:
        return None
    bound.bytes, bound.operations = sum(t.bytes for t in work.traffic), work.operations
    if not bound.bytes and not bound.operations:
        return None
    job = {
        "work": work, "dtype": dtype, "threads": session.threads, "device": session.device,
    }  # fmt: skip
    limit = Worker(job, timeout, folder, module="portstudy.measure.limits")
    for command in ("load", "sample"):  # the first sample compiles
        reply = limit.ask(command)
        if "error" in reply:
            bound.reason = reply["reason"]
            limit.end()
            return None
    return limit


def _operations(session: Session, workers: Mapping[str, Worker]) -> float:
    """The operations of the JAX port that needs the fewest; 0 where none can be counted."""
    bound, spec = session.bound, find_kernel(session.kernel)
    bound.reason = "there is no JAX port to count it in"
    counts = {}
    for port, figures in session.ports.items():
        if spec.library(port) == "jax" and figures.status == Status.MEASURED:
            reply = workers[port].ask("work")
            if "error" in reply:
                bound.reason = f"{port} cannot be traced: {reply['reason'].splitlines()[0]}"
            else:
                counts[port] = reply
    if not counts:
        return 0
    bound.counted = min(counts, key=lambda port: counts[port]["operations"])
    bound.reason, bound.unseen = "", counts[bound.counted]["unseen"]
    return counts[bound.counted]["operations"]


def _saved(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as saved:
        return {name.partition(" ")[2] or name: saved[name] for name in saved.files}


def sample(figures: Figures, worker: Worker) -> bool:
    """Time one more round of a port; false where it failed."""
    reply = worker.ask("sample")
    if failed(figures, reply):
        return False
    figures.samples.append(reply["seconds"])
    return True


def _rounds(
    session: Session,
    workers: dict[str, Worker],
    limit: Worker | None,
    progress: Progress,
    budget: float = BUDGET,
) -> None:
    """Call the ports in turn, for about as long as the budget allows; twice as long if need be.

    That is, while the ratio of some port to the reference still spreads wide over the rounds.
    """
    running = [port for port, f in session.ports.items() if f.status == Status.MEASURED]
    rounds, made = 3, 0
    began = time.perf_counter()
    while made < rounds:
        start = time.perf_counter()
        for i, port in enumerate(list(running)):
            done, total = (n * len(workers) for n in (1 + made, 1 + rounds))
            progress(done + i, total, f"round {made + 1} of {rounds}: {port}")
            if not sample(session.ports[port], workers[port]):
                running.remove(port)
        if limit:
            reply = limit.ask("sample")
            if "error" in reply:
                session.limit, session.bound.reason, limit = [], reply["reason"], None
            else:
                if reply["seconds"] < min(session.limit, default=math.inf):
                    session.bound.moving = reply["moving"]
                    session.bound.computing = reply["computing"]
                session.limit.append(reply["seconds"])
        made += 1
        now = time.perf_counter()
        if made == 1:
            rounds = min(10, max(3, int(budget / (now - start))))
        if made == rounds and made < MOST_ROUNDS and now - began < 2 * budget:
            rounds += any(session.spread(port) > WIDE for port in running)
