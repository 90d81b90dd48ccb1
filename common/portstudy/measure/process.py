"""Processes that measure: started, asked, ended; and what they do with what they are asked."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from portstudy.checkout import SOURCE


class Process:
    """A worker process: sends a command, waits for its reply, kills it when it is no use."""

    def __init__(
        self,
        job: dict,
        timeout: float,
        folder: Path,
        module: str = "portstudy.measure.worker",
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
    here = str(SOURCE)  # a worker runs this very code
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


def serve(make: Callable[[dict], Any]) -> None:
    """Do what the lines of the input say, until it ends: `load` makes what does the rest."""
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
            reply = {"error": type(error).__name__, "reason": str(error)}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()
