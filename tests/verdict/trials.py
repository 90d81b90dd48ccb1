"""One trial of the verdict: a function that is right, or one with a mistake in it."""

import ast
import contextlib
import copy
import functools
import inspect
import math
import signal
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from portstudy import assert_same_up_to_rounding
from portstudy.proof.mistakes import Mistake, mistakes
from portstudy.rules import Different
from portstudy.trees import leaves

from tests.verdict import originals
from tests.verdict.equivalent import EQUIVALENT
from tests.verdict.originals import ORIGINALS
from tests.verdict.rearrangements import Pair

SECONDS = 2.0
"""What hangs takes longer in one call; the originals take some milliseconds."""


class Hangs(BaseException):
    """No Exception, so that nothing that is tried takes it for one of its own."""


class Trial(NamedTuple):
    """What became of a mistake."""

    function: str
    mistake: Mistake
    outcome: str
    """convicted, raises, hangs; survives, unseen (every bit as it was), fails; equivalent."""
    why: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """The function and the changed line."""
        lines = self.mistake.source.split("\n")
        return self.function, lines[self.mistake.line - 1].strip()

    @property
    def caught(self) -> bool:
        return self.outcome in ("convicted", "raises", "hangs")

    @property
    def counts(self) -> bool:
        return self.outcome != "equivalent"

    def __str__(self) -> str:
        function, line = self.place
        return f"{function}, line {self.mistake.line}: {self.mistake.what}: {line}"


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """A mistake is not caught by a warning: not everyone's tests make errors of them."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def accusation(pair: Pair, seed: int = 0) -> str:
    """What a right function is accused of; nothing, if it is not."""
    with quiet():
        try:
            assert_same_up_to_rounding(pair.f, pair.g, *pair.inputs(np.random.default_rng(seed)))
        except Different as error:
            return str(error)
        except Exception as error:  # a verdict that fails accuses, too
            return f"{type(error).__name__}: {error}"
    return ""


def source_of(function: Callable) -> str:
    """Its file without all the other functions. Lines keep their numbers."""
    lines = Path(inspect.getfile(function)).read_text(encoding="utf-8").split("\n")
    kept = [""] * len(lines)
    for node in ast.parse("\n".join(lines)).body:
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            assert node.end_lineno is not None
            span = slice(node.lineno - 1, node.end_lineno)
            kept[span] = lines[span]
    return "\n".join(["import math", "import numpy as np", *kept[2:]])


@functools.cache
def every() -> list[tuple[Callable, Mistake]]:
    """All mistakes, in the order of the file."""
    return [(f, mistake) for f in ORIGINALS for mistake in mistakes(source_of(f))]


def tried(function: Callable, mistake: Mistake) -> Trial:
    """Does the verdict notice?"""
    make = ORIGINALS[function]
    name = function.__name__
    space: dict[str, Any] = {"__name__": originals.__name__, "math": math, "np": np}
    exec(compile(mistake.source, "mistake", "exec"), space)
    wrong = space[name]
    with quiet():
        try:
            with time_limit(SECONDS):
                same = bits(wrong, make) == bits(function, make)
        except Hangs:
            return Trial(name, mistake, "hangs")
        except Exception as error:
            return Trial(name, mistake, "raises", f"{type(error).__name__}: {error}")
        arguments = make(np.random.default_rng(0))
        try:
            with time_limit(20 * SECONDS):  # a good ten calls
                verdict = assert_same_up_to_rounding(function, wrong, *arguments)
        except Hangs:
            return Trial(name, mistake, "hangs")
        except Different as error:
            return Trial(name, mistake, "convicted", str(error))
        except Exception as error:  # a verdict that fails has not noticed anything
            return Trial(name, mistake, "fails", f"{type(error).__name__}: {error}")
    trial = Trial(name, mistake, "unseen" if same else "survives", str(verdict))
    return trial._replace(outcome="equivalent") if trial.place in EQUIVALENT else trial


def bits(function: Callable, make: originals.Maker) -> list[tuple]:
    """All that a call returns and what becomes of its arguments, to the bit."""
    arguments = copy.deepcopy(make(np.random.default_rng(0)))
    arrays = [np.asarray(leaf) for leaf in leaves((function(*arguments), arguments))]
    return [(array.shape, array.dtype.str, array.tobytes()) for array in arrays]
