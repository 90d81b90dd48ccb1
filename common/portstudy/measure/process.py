"""Processes that measure: how one is started, asked and ended, and how it answers."""

import contextlib
import ctypes
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from portstudy.checkout import IN_CHECKOUT, SOURCE
from portstudy.functions import message_of

PARENT = "PORTSTUDY_PARENT"
"""The variable that tells a child which process started it."""


class Child:
    """A Python process of ours: it runs this very code, and nothing of it outlives `end`."""

    def __init__(
        self, module: str, words: Sequence[str], *, variables: Mapping[str, str],
        stdout: Any = subprocess.PIPE, python: str = sys.executable,
    ) -> None:  # fmt: skip
        # A file and not a pipe: what nobody reads would stop a process that says much.
        self.stderr = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(
            [python, "-P", "-m", module, *words],  # -P: not what lies where the user works
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=self.stderr,
            text=True,
            env=dict(variables) | {PARENT: str(os.getpid())},
            start_new_session=True,  # Ctrl-C reaches us alone; we end our children
        )

    def how_it_ended(self) -> str:
        """Its exit code, or the signal that ended it, and the last line of what it complained."""
        code = self.process.wait()
        how = f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
        self.stderr.seek(0)
        last = self.stderr.read().strip().rpartition("\n")[2]
        return f"ended with {how}: {last or 'it said nothing'}"

    def end(self) -> None:
        """Kill it, and the compilers that it has started; let go of what it held."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # it leads a session of its own
        self.process.kill()
        self.process.wait()
        for file in (self.process.stdin, self.process.stdout, self.stderr):
            if file:
                with contextlib.suppress(BrokenPipeError):
                    file.close()


class Worker(Child):
    """A child that does as it is told: a command, a reply."""

    def __init__(
        self, job: dict, timeout: float, folder: Path, *,
        module: str = "portstudy.measure.worker", python: str = sys.executable,
        variables: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """`folder` is for what a library leaves behind; `timeout`, in seconds, is for a reply."""
        variables = environment(job["threads"]) | {"TMPDIR": str(folder)} | dict(variables or {})
        super().__init__(module, [json.dumps(job)], variables=variables, python=python)
        self.timeout = timeout
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
        return {"error": "Died", "reason": f"its process {self.how_it_ended()}"}

    def end(self) -> None:
        """End the process, then read no more of it."""
        self.process.kill()
        self.reader.join()
        super().end()


def environment(threads: str) -> dict[str, str]:
    """Environment of a worker: its threads, and no caches that would hide what compiling costs."""
    processors = "1" if threads == "1" else str(usable_processors())
    pools = ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB")
    here = str(SOURCE) if IN_CHECKOUT else ""  # a worker runs this very code
    path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
    return (
        os.environ
        | ({"PYTHONPATH": path} if path else {})
        | {
            **{f"{pool}_NUM_THREADS": processors for pool in pools},
            "TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1",
            "JAX_ENABLE_COMPILATION_CACHE": "false",
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # a GPU is shared by the workers of a session
        }
    )


def usable_processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def end_with_parent() -> None:
    """End this process when the one that started it ends, whatever it is doing then."""
    parent = int(os.environ[PARENT])
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before that
            os._exit(1)
        return

    def watch() -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(parent).wait()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def serve(make: Callable[[dict], Any]) -> None:
    """Do what the lines of the input say, until it ends: `load` makes what does the rest.

    A line of JSON comes in, a line of JSON goes out. What a library prints goes to stderr.
    """
    end_with_parent()
    job = json.loads(sys.argv[1])
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if job.pop("threads") == "1" and hasattr(psutil.Process, "cpu_affinity"):
        process = psutil.Process()  # XLA takes as many threads as the process has processors
        process.cpu_affinity(process.cpu_affinity()[:1])

    served: Any = None
    for line in sys.stdin:
        command, arguments = json.loads(line)
        try:
            if command == "load":
                served = make(job)
                reply = {}
            else:
                reply = getattr(served, command)(**arguments)
        except Exception as error:
            reply = {"error": type(error).__name__, "reason": message_of(error)}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()
