"""One call of a port as plain Python, step by step, with all that it computes recorded."""

import contextlib
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from portstudy.functions import FunctionPort, seeded
from portstudy.kernel import Port
from portstudy.trees import leaves
from portstudy.where.record import Recorder, TooLong


class Impossible(RuntimeError):
    """A function that cannot run uncompiled; says why."""


@dataclass
class Run:
    """What a call gave."""

    outputs: list[np.ndarray]
    changed: list[np.ndarray]
    """Arguments, after it."""
    complete: bool
    seconds: float


@contextlib.contextmanager
def uncompiled() -> Iterator[None]:
    """JAX, Numba and torch run what they would compile as Python does."""
    with contextlib.ExitStack() as stack:
        if "numba" in sys.modules:
            from numba import config

            kept = config.DISABLE_JIT
            config.DISABLE_JIT = 1
            stack.callback(setattr, config, "DISABLE_JIT", kept)
        if "jax" in sys.modules:
            import jax

            stack.enter_context(jax.disable_jit())
        if "torch" in sys.modules:
            import torch

            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield


class Uncompiled:
    """A port whose file is rewritten, so that its runs are recorded."""

    def __init__(self, port: Port, source: str = "", seconds: float = 10.0) -> None:
        """`source` is in place of the file's text. Raises Impossible."""
        self.recorder = Recorder(seconds)
        self.recorder.on = False
        try:
            with uncompiled():
                module = self.recorder.load(path_of(port), source)
        except Exception as error:
            raise Impossible(f"{port.name}: {type(error).__name__}: {error}") from error
        function = getattr(module, port.kernel.function(port.name))
        self.port = replace(port, function=function)

    def run(self, arguments: Any, *, recorded: bool = False) -> Run:
        """One call. Raises TooLong, or what the function raises."""
        port, recorder = self.port, self.recorder
        recorder.clear()
        placed = port.put(arguments)
        start = time.perf_counter()
        recorder.until = start + recorder.seconds
        recorder.on = recorded
        complete, outputs = True, None
        with (
            np.errstate(all="ignore"), warnings.catch_warnings(), seeded(), uncompiled(),
        ):  # fmt: skip
            warnings.simplefilter("ignore")
            try:
                outputs = port.wait(port.call(*placed))
            except TooLong:
                if not recorded:
                    raise
                complete = False
            finally:
                recorder.on = False
        return Run(
            arrays(port.get(outputs)) if complete else [],
            arrays(port.get(placed)) if isinstance(port, FunctionPort) else [],
            complete, time.perf_counter() - start,
        )  # fmt: skip


def path_of(port: Port) -> Path:
    """The file of a port, which may lie elsewhere than its kernel."""
    path = port.kernel.path(port.name)
    module = sys.modules.get(getattr(port.function, "__module__", ""))
    if path.is_file() or module is None or not module.__file__:
        return path
    return Path(module.__file__)


def arrays(tree: Any) -> list[np.ndarray]:
    """The leaves that are numbers, as arrays."""
    found = []
    for leaf in leaves(tree):
        if leaf is None or isinstance(leaf, str | bytes | np.random.Generator):
            continue
        array = np.array(leaf)
        if array.dtype.kind in "biufc":
            found.append(array)
    return found
