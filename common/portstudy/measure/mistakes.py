"""Would these inputs notice? Mistakes are made in a port by rote, and each is proven like a port.

    portstudy check before.py after.py --mistakes

A worker does it, since a mistake may run for ever or bring the process down: then it was noticed.
"""

import contextlib
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portstudy.find import find_kernel
from portstudy.measure.process import Worker
from portstudy.proof.mistakes import Mistake, mistakes


@dataclass(frozen=True)
class Trial:
    """What became of some mistakes in a port."""

    tried: int
    unnoticed: list[Mistake]


def try_mistakes(
    files: tuple[str, ...], port: str, number: int, *, dtype: str = "", timeout: float = 20.0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Trial:  # fmt: skip
    """Make some of all mistakes that `mistakes` knows in a port, drawn with a seed; prove each.

    `timeout` is how many seconds a call may take more than that of the port itself. Raises
    RuntimeError where the port cannot be called as it is.
    """
    known = list(mistakes(find_kernel(files).path(port).read_text(encoding="utf-8")))
    drawn = random.Random(0).sample(known, min(number, len(known)))
    chosen = sorted(drawn, key=lambda mistake: mistake.line)
    job = {
        "kernel": list(files), "port": port, "size": "default", "dtype": dtype, "device": "cpu",
        "threads": "all",
    }  # fmt: skip
    unnoticed = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        def begin() -> Worker:
            worker = Worker(job, 300.0, folder)
            stack.callback(worker.end)
            for command in ("load", "original"):
                reply = worker.ask(command)
                if "error" in reply:
                    raise RuntimeError(f"{port} could not be called: {reply['reason']}")
            worker.timeout = timeout + 10 * reply["seconds"]
            return worker

        worker = begin()
        for i, mistake in enumerate(chosen):
            progress(i, len(chosen))
            reply = worker.ask("mistake", source=mistake.source)
            if reply.get("error") in ("Timeout", "Died"):
                worker.end()
                worker = begin()
            elif "error" not in reply:
                unnoticed.append(mistake)
    return Trial(len(chosen), unnoticed)
