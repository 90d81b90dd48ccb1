"""What became of mistakes in ports."""

import contextlib
import functools
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from portstudy import find_kernel, kernels
from portstudy.checkout import ROOT, SOURCE
from portstudy.measure.process import Worker
from portstudy.proof.mistakes import Mistake, mistakes

from tests.mutants.equivalent import EQUIVALENT

SECONDS = 30.0
"""How much longer than the port itself a mistake may take, before it is said to hang."""


class Mutant(NamedTuple):
    """A port with one mistake in it."""

    kernel: str
    port: str
    mistake: Mistake

    @property
    def place(self) -> tuple[str, str]:
        """The port and the changed line."""
        line = self.mistake.source.split("\n")[self.mistake.line - 1]
        return f"{self.kernel}/{self.port}", line.strip()

    def __str__(self) -> str:
        port, line = self.place
        return f"{port}, line {self.mistake.line}: {self.mistake.what}: {line}"


class Trial(NamedTuple):
    """What became of it: different, or the name of what was raised; hangs, dies; survives."""

    mutant: Mutant
    outcome: str
    why: str = ""

    @property
    def equivalent(self) -> bool:
        """Is it known to be no mistake?"""
        return self.mutant.place in EQUIVALENT

    @property
    def caught(self) -> bool:
        return self.outcome != "survives"


@functools.cache
def every(kernel: str = "", port: str = "") -> list[Mutant]:
    """All mistakes, by kernel, port and line; of one kernel, or of ports whose names start so."""
    return [
        Mutant(name, style, mistake)
        for name in ([kernel] if kernel else kernels())
        for style in find_kernel(name).ports()
        if style.startswith(port)
        for mistake in mistakes(find_kernel(name).path(style).read_text(encoding="utf-8"))
    ]


def sampled(mutants: Sequence[Mutant], number: int, seed: int = 0) -> list[Mutant]:
    """This many of them, drawn at random; in their order."""
    places = random.Random(seed).sample(range(len(mutants)), min(number, len(mutants)))
    return [mutants[place] for place in sorted(places)]


def tried(mutants: Sequence[Mutant]) -> Iterator[Trial]:
    """Prove mutants of one port, in a process that is begun again after one that hangs or dies.

    Raises RuntimeError where the port itself cannot be proven here.
    """
    kernel, port, _ = mutants[0]
    path = {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, SOURCE)))}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        def begin() -> Worker:
            job = {"kernel": kernel, "port": port, "threads": "all"}
            worker = Worker(job, 600.0, folder, module="tests.mutants.worker", variables=path)
            stack.callback(worker.end)
            for command in ("load", "original"):
                reply = worker.ask(command)
                if "error" in reply:
                    raise RuntimeError(reply["reason"])
            worker.timeout = SECONDS + 3 * reply["seconds"]
            return worker

        worker = begin()
        for mutant in mutants:
            reply = worker.ask("mistake", source=mutant.mistake.source)
            if error := reply.get("error"):
                if error not in ("Timeout", "Died"):
                    raise RuntimeError(f"{mutant}: {reply['reason']}")
                yield Trial(mutant, "hangs" if error == "Timeout" else "dies", reply["reason"])
                worker.end()
                worker = begin()
            elif reply["raised"]:
                yield Trial(mutant, reply["raised"], reply["why"])
            else:
                yield Trial(mutant, "survives")
