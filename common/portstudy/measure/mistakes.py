"""Would these inputs notice? Mistakes are made in a port by rote, and each is proven like a port.

    portstudy check before.py after.py --mistakes

A worker does it, since a mistake may run for ever or bring the process down: then it was noticed.
"""

import contextlib
import tempfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portstudy.find import find_kernel
from portstudy.functions import AS_MADE
from portstudy.measure.process import Worker
from portstudy.proof.mistakes import Mistake, drawn, mistakes


@dataclass(frozen=True)
class Trial:
    """What became of some mistakes in a port."""

    tried: int
    unnoticed: list[Mistake]


def try_mistakes(
    files: tuple[str, ...], port: str, number: int, *, dtype: str = AS_MADE, timeout: float = 20.0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Trial:  # fmt: skip
    """Make some of all mistakes that `mistakes` knows in a port, drawn with a seed; prove each.

    `timeout` is how many seconds a call may take more than that of the port itself. Raises
    RuntimeError where the port cannot be called as it is.
    """
    known = list(mistakes(find_kernel(files).path(port).read_text(encoding="utf-8")))
    chosen = drawn(known, number)
    job = {
        "kernel": list(files), "port": port, "size": "default", "dtype": dtype, "device": "cpu",
        "threads": "all",
    }  # fmt: skip
    unnoticed = []
    said = replies(job, chosen, lambda seconds: timeout + 10 * seconds)
    with contextlib.closing(said):
        for i, mistake in enumerate(chosen):
            progress(i, len(chosen))
            if "error" not in next(said):
                unnoticed.append(mistake)
    return Trial(len(chosen), unnoticed)


def replies(
    job: dict, chosen: Sequence[Mistake], patience: Callable[[float], float],
    timeout: float = 300.0, **of_the_worker: Any,
) -> Generator[dict, None, None]:  # fmt: skip
    """What a worker says of each mistake; it is begun again after one at which it hangs or dies.

    The port as it is may take `timeout` seconds, and a mistake `patience` of what that took. Raises
    RuntimeError where the port cannot be called as it is.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        def begin() -> Worker:
            worker = Worker(job, timeout, folder, **of_the_worker)
            stack.callback(worker.end)
            for command in ("load", "original"):
                reply = worker.ask(command)
                if "error" in reply:
                    raise RuntimeError(f"{job['port']} could not be called: {reply['reason']}")
            worker.timeout = patience(reply["seconds"])
            return worker

        worker = begin()
        for mistake in chosen:
            reply = worker.ask("mistake", source=mistake.source)
            yield reply
            if reply.get("error") in ("Timeout", "Died"):
                worker.end()
                worker = begin()
