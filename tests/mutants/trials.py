"""What became of mistakes in ports."""

import functools
import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from portstudy import find_kernel, kernels
from portstudy.checkout import ROOT, SOURCE
from portstudy.measure.mistakes import replies
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


def tried(mutants: Sequence[Mutant]) -> Iterator[Trial]:
    """Prove mutants of one port, in a process that is begun again after one that hangs or dies.

    Raises RuntimeError where the port itself cannot be proven here.
    """
    kernel, port, _ = mutants[0]
    said = replies(
        {"kernel": kernel, "port": port, "threads": "all"},
        [mutant.mistake for mutant in mutants],
        lambda seconds: SECONDS + 3 * seconds,
        timeout=600.0,
        module="tests.mutants.worker",
        variables={"PYTHONPATH": os.pathsep.join(map(str, (ROOT, SOURCE)))},
    )
    for mutant, reply in zip(mutants, said, strict=True):
        if error := reply.get("error"):
            if error not in ("Timeout", "Died"):
                raise RuntimeError(f"{mutant}: {reply['reason']}")
            yield Trial(mutant, "hangs" if error == "Timeout" else "dies", reply["reason"])
        elif reply["raised"]:
            yield Trial(mutant, reply["raised"], reply["why"])
        else:
            yield Trial(mutant, "survives")
