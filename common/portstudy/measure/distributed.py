"""One port over several processes, on one machine or more, compared with the reference.

    python -m portstudy.measure.distributed lif        2 processes with 2 devices each
    python -m portstudy.measure.distributed lif --processes 4 --devices 1 --size small
    python -m portstudy.measure.distributed lif_ensemble --port torch_distributed --dtype float32

Without `--process`, all processes are started here and find each other over the loopback interface.
Each makes the same dyadic inputs, takes its part in one run of the port over all devices, gets all
of the outputs, and compares them with the reference's to the last bit. If one dies, or the timeout
passes, the others are ended, and the error says which it was, how it ended and what it said last.

On several machines, start each process by hand, all within a minute, with the same options except
for its number. The address is that of process 0's machine, with a free port:

    python -m portstudy.measure.distributed lif --coordinator 10.0.0.1:12345 --process 0
    python -m portstudy.measure.distributed lif --coordinator 10.0.0.1:12345 --process 1

On a CPU, one processor plays as many devices as `--devices` says. With `--device cuda` a JAX
process has all the GPUs that it sees, a torch process the first.
"""

import argparse
import contextlib
import datetime
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from portstudy.backends.base import Unavailable
from portstudy.backends.jax import JaxSharded
from portstudy.backends.torch import TorchDistributed
from portstudy.find import find_kernel, load
from portstudy.kernel import Broken, Kernel
from portstudy.measure.process import Child, end_with_parent, environment
from portstudy.names import UnknownName, one_of

JOIN = 60
"""Seconds that a process waits for the others to be there."""


HEARTBEAT = 10
"""Seconds of silence after which JAX takes a process for dead; of those here, the parent knows."""


class Failed(RuntimeError):
    """A process that died, or did not end; the message says which, and why."""


class Job(NamedTuple):
    """What all processes are to do."""

    kernel: str
    port: str = ""
    size: str = "check"
    dtype: str = "float64"
    device: str = "cpu"
    processes: int = 2
    devices: int = 2
    """Of each process, where the processor plays them."""
    timeout: float = 120.0
    """Seconds that the whole may take."""


def distributed_ports(kernel: Kernel) -> list[str]:
    """The ports of a kernel that run over several processes."""
    kinds = (JaxSharded, TorchDistributed)
    return [port for port in kernel.ports() if issubclass(kernel.backend(port), kinds)]


def checked(job: Job) -> Job:
    """The job, its port named; raises UnknownName for what does not exist."""
    spec = find_kernel(job.kernel)
    ports = distributed_ports(spec)
    if not ports or spec.dyadic is None:
        raise UnknownName(f"kernel {spec.name!r} has no port that runs over several processes")
    spec.shape(job.size)
    for name in ("processes", "devices", "timeout"):
        if getattr(job, name) <= 0:
            raise UnknownName(f"{name}: {getattr(job, name)}; allowed: above 0")
    what = f" of kernel {spec.name!r} that runs over several processes"
    return job._replace(port=one_of("port", job.port or ports[0], ports, what))


def take_part(job: Job, coordinator: str, process: int) -> dict[str, Any]:
    """Be one of the processes: join the others, run, compare; returns what there is to tell.

    Raises Different, Unavailable, or what the library raises if the others are not there.
    """
    from portstudy.proof.comparison import values_of
    from portstudy.proof.tiers import prove_to_the_bit

    give_up(process, job.timeout)
    backend = find_kernel(job.kernel).backend(job.port)
    if issubclass(backend, JaxSharded):
        if job.device == "cpu":  # which is read when JAX starts
            flag = f"--xla_force_host_platform_device_count={job.devices}"
            os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flag}"
        import jax

        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        jax.distributed.initialize(
            coordinator,
            job.processes,
            process,
            initialization_timeout=JOIN,
            heartbeat_timeout_seconds=HEARTBEAT,
            shutdown_timeout_seconds=JOIN,
        )
    else:
        import torch

        torch.distributed.init_process_group(
            "gloo" if job.device == "cpu" else "nccl",
            init_method=f"tcp://{coordinator}",
            timeout=datetime.timedelta(seconds=JOIN),
            rank=process,
            world_size=job.processes,
        )
    print(f"process {process} of {job.processes} has joined", flush=True)
    port = load(job.kernel, job.port, device=job.device, dtype=job.dtype)
    run = prove_to_the_bit(port, port.kernel.make_inputs(job.size, job.dtype))
    return {
        "process": process,
        "devices": port.backend.device_name(),
        "seconds": run.seconds,
        "values": values_of(run.outputs),
        "outputs": list(port.kernel.rules(run.outputs)),
    }


def give_up(process: int, seconds: float) -> None:
    """End this process after so many seconds, whatever it waits for."""

    def end() -> None:
        sys.stderr.write(f"process {process} did not end within {seconds:g} s\n")
        sys.stderr.flush()
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


class Process(Child):
    """One of the processes, as the one that starts them sees it."""

    def __init__(self, job: Job, coordinator: str, number: int) -> None:
        self.number = number
        self.stdout = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the process
        options = [f"--{name}={value}" for name, value in job._asdict().items() if name != "kernel"]
        place = [f"--coordinator={coordinator}", f"--process={number}", "--leash"]
        super().__init__(
            "portstudy.measure.distributed", [job.kernel, *options, *place], stdout=self.stdout,
            variables=environment("1"),  # they share a machine; XLA takes its threads anyway
        )  # fmt: skip

    def printed(self) -> str:
        """What it has printed so far."""
        self.stdout.seek(0)
        return self.stdout.read().strip()

    def told(self) -> dict[str, Any]:
        """What it has to tell: the last line that it printed."""
        return json.loads(self.printed().rpartition("\n")[2])

    def end(self) -> None:
        """End it, and let go of what it printed."""
        super().end()
        self.stdout.close()


@contextlib.contextmanager
def started(job: Job) -> Iterator[list[Process]]:
    """The processes of a job, on this machine; none is left when this ends, in whatever way."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        coordinator = f"127.0.0.1:{free.getsockname()[1]}"
    with contextlib.ExitStack() as stack:
        processes = []
        for number in range(job.processes):
            processes.append(Process(job, coordinator, number))
            stack.callback(processes[-1].end)
        yield processes


def wait(processes: list[Process], timeout: float) -> list[dict[str, Any]]:
    """What each of the processes has to tell, once all have ended.

    Raises Failed as soon as one has ended badly, or when the timeout passes.
    """
    deadline = time.monotonic() + timeout
    while running := [p for p in processes if p.process.poll() is None]:
        if any(p.process.poll() for p in processes):  # neither None nor 0
            break
        if time.monotonic() > deadline:
            names = ", ".join(f"process {p.number}" for p in running)
            raise Failed(f"{names} did not end within {timeout:g} s")
        time.sleep(0.02)
    dead = [p for p in processes if p.process.poll()]
    if dead:  # a signal's first: what others say may be no more than that they miss that one
        dead.sort(key=lambda p: p.process.returncode)
        raise Failed("; ".join(f"process {p.number} {p.how_it_ended()}" for p in dead))
    return [p.told() for p in processes]


def run(job: Job) -> list[dict[str, Any]]:
    """Start the processes of a job here, and wait for what they have to tell."""
    job = checked(job)
    with started(job) as processes:
        return wait(processes, job.timeout)


def account(job: Job, told: list[dict[str, Any]]) -> str:
    """What was run, where, and what was found equal."""
    lines = [f"{job.kernel}/{job.port}, size {job.size}, {job.dtype}"]
    for one in told:
        lines.append(
            f"process {one['process']} of {job.processes}, over {one['devices']}: "
            f"{1e3 * one['seconds']:.1f} ms a call"
        )
    first = told[0]
    lines.append(
        f"{first['values']:,} values of {', '.join(first['outputs'])} are the reference's to the "
        f"last bit, in {'every process' if len(told) > 1 else 'this process'}"
    )
    return "\n".join(lines)


def main(words: list[str] | None = None) -> int:
    """The command; its exit code is 0 where all outputs are the reference's."""
    parser = argparse.ArgumentParser(
        prog="python -m portstudy.measure.distributed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kernel")
    for name, default in Job._field_defaults.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    parser.add_argument("--coordinator", default="", help="address of process 0: HOST:PORT")
    parser.add_argument("--process", type=int, default=-1, help="be this one, from 0")
    parser.add_argument("--leash", action="store_true", help=argparse.SUPPRESS)
    options = vars(parser.parse_args(words))
    coordinator, process, leash = (options.pop(x) for x in ("coordinator", "process", "leash"))
    try:
        job = checked(Job(**options))
        if process < 0:
            print(account(job, run(job)))
            return 0
    except (UnknownName, Failed) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if leash:
        end_with_parent()
    try:
        told = take_part(job, coordinator, process)
        print(json.dumps(told) if leash else account(job, [told]), flush=True)
    except (Exception, KeyboardInterrupt) as error:
        known = isinstance(error, AssertionError | Unavailable | Broken)
        said = str(error) if known else f"{type(error).__name__}: {error}"
        print(said.split("\n", 1)[0], file=sys.stderr, flush=True)
        os._exit(1)  # an orderly end would wait for the others, who may be gone
    return 0


if __name__ == "__main__":
    sys.exit(main())
