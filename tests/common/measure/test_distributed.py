"""Several devices and several processes: equal to the bit, and ended in time when one dies.

With one device, the ports are under all the tests that every port is under. Here they are held
against the same reference, to the last bit, over several.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from portstudy import Port, find_kernel, load
from portstudy.checkout import ROOT
from portstudy.measure.distributed import Failed, Job, Process, main, run, started, wait
from portstudy.proof import Different, prove_to_the_bit

from tests.conftest import load_edited, skipped_if_unavailable

# Over 4 devices, or 2 ranks, neither 50 neurons nor 5 trials can be cut into equal parts.
JOBS = [
    Job("lif", "jax_sharded", "check,neurons=50,steps=100"),
    Job("lif_ensemble", "jax_sharded"),
    Job("lif_ensemble", "torch_distributed"),
]

# Right on one device, on which there is nobody to be heard, and wrong on several.
WRONG = {
    "lif": {'jax.lax.all_gather(fired, "neurons", tiled=True)': "jnp.tile(fired, 4)"},
    "lif_ensemble": {"x[:trials]": "x[-trials:]"},
}


@pytest.mark.parametrize("job", JOBS, ids=lambda job: f"{job.kernel}-{job.port}")
def test_two_processes_agree_with_the_reference_to_the_bit(job: Job):
    with skipped_if_unavailable(job.port.split("_")[0]):
        load(job.kernel, job.port)
    spec = find_kernel(job.kernel)
    expected = load(job.kernel, spec.reference)(*spec.make_inputs(job.size, job.dtype))
    told = run(job)
    assert [one["process"] for one in told] == [0, 1]
    assert {one["devices"] for one in told} == {"4 x cpu" if "jax" in job.port else "cpu"}
    assert all(one["values"] == sum(x.size for x in flat(expected)) for one in told)


def flat(tree):
    return [leaf for x in tree for leaf in flat(x)] if isinstance(tree, tuple) else [tree]


@pytest.mark.parametrize(
    ("port", "old", "new"),
    [
        ("jax_sharded", *next(iter(WRONG["lif_ensemble"].items()))),
        ("torch_distributed", "slice(rank * trials, (rank + 1) * trials)", "slice(0, trials)"),
    ],
)
def test_what_differs_in_another_process_is_found(port: str, old: str, new: str, tmp_path: Path):
    folder = shutil.copytree(find_kernel("lif_ensemble").folder, tmp_path / "lif_ensemble")
    source = (folder / f"{port}.py").read_text()
    assert source.count(old) == 1
    (folder / f"{port}.py").write_text(source.replace(old, new))
    with pytest.raises(Failed, match=f"ended with exit code 1: lif_ensemble/{port}: spikes differ"):
        run(Job(str(folder), port))


def on(devices: int, port: Port) -> Port:
    """The same port, on so many of this process's devices."""
    from jax import devices as known
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    some = Mesh(known()[:devices], ("devices",))
    port.backend.place = NamedSharding(some, PartitionSpec())  # type: ignore[attr-defined]
    return port


def over_some_devices() -> None:
    """What the process with four devices runs."""
    sizes = {"lif": "check,neurons=50,steps=100", "lif_ensemble": "check"}
    few = {"lif": "check,neurons=2,steps=50", "lif_ensemble": "check,trials=2"}
    for kernel, edits in WRONG.items():
        with tempfile.TemporaryDirectory() as folder:
            wrong = load_edited(Path(folder), "sharded_wrong", kernel, "jax_sharded", edits)
        port = load(kernel, "jax_sharded", dtype="float32")
        spec = port.kernel
        for devices, size in ((1, sizes), (2, sizes), (4, sizes), (3, few)):
            prove_to_the_bit(on(devices, port), spec.make_inputs(size[kernel], "float32"))
        arguments = spec.make_inputs(sizes[kernel], "float64")
        prove_to_the_bit(on(1, wrong), arguments)
        try:
            prove_to_the_bit(on(4, wrong), arguments)
        except Different as error:
            print(error)


def test_any_number_of_devices_in_one_process():
    with skipped_if_unavailable("jax"):
        load("lif", "jax_sharded")
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=4", "JAX_PLATFORMS": "cpu"}
    program = (
        "from tests.common.measure.test_distributed import over_some_devices; over_some_devices()"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT, env=os.environ | flags, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for kernel, said in zip(WRONG, done.stdout.splitlines(), strict=True):
        assert said.startswith(f"{kernel}/jax_sharded_wrong: spikes differs in ")


LONG = Job("lif", "jax_sharded", "check,steps=30000")
"""A minute of waiting for each other: nothing that is to happen meanwhile comes too late."""


def wait_until_joined(processes: list[Process]) -> None:
    deadline = time.monotonic() + 60
    while not all(process.printed() for process in processes):
        assert all(process.process.poll() is None for process in processes)
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_process_that_hangs_or_dies_ends_all_in_time():
    with skipped_if_unavailable("jax"):
        load("lif", "jax_sharded")
    with started(LONG) as processes:
        wait_until_joined(processes)
        time.sleep(2)  # so that they are in the middle of the run
        first, second = (process.process for process in processes)
        first.send_signal(signal.SIGSTOP)  # so that neither says anything of the other
        second.send_signal(signal.SIGSTOP)
        start = time.monotonic()
        with pytest.raises(Failed, match=r"^process 0, process 1 did not end within 0\.5 s$"):
            wait(processes, 0.5)
        second.kill()
        with pytest.raises(Failed, match=r"^process 1 ended with signal SIGKILL: "):
            wait(processes, 60)
        assert time.monotonic() - start < 10
        # And without us, as on several machines, the other one does not wait for ever: Gloo tells
        # it, or JAX, after a heartbeat that is missing, aborts it.
        first.send_signal(signal.SIGCONT)
        assert first.wait(30) != 0
    assert all(process.process.poll() is not None for process in processes)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("name", ["SIGINT", "SIGKILL"])
def test_nothing_is_left_running(name: str):
    command = [sys.executable, "-m", "portstudy.measure.distributed", "lif", "--size", LONG.size]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as parent:
        deadline = time.monotonic() + 30
        while len(children := psutil.Process(parent.pid).children()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(1)
        parent.send_signal(signal.Signals[name])
        assert parent.wait(10) in (130, -signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive


def test_started_by_hand_one_alone_gives_up():
    with skipped_if_unavailable("jax"):
        load("lif", "jax_sharded")
    place = ["--coordinator", "127.0.0.1:1", "--process", "1", "--timeout", "3"]
    command = [sys.executable, "-m", "portstudy.measure.distributed", "lif", *place]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "process 1 did not end within 3 s"


def test_what_does_not_exist_is_refused_before_anything_starts(capsys):
    assert main(["lif", "--port", "jax_scan"]) == 1
    assert "that runs over several processes" in capsys.readouterr().err
    assert main(["monte_carlo_pi"]) == 1
    assert "has no port that runs over several processes" in capsys.readouterr().err
    assert main(["lif", "--processes", "0"]) == 1
    assert capsys.readouterr().err == "processes: 0; allowed: above 0\n"
    assert main(["lif", "--size", "tiny"]) == 1
    assert "unknown size 'tiny'" in capsys.readouterr().err


def test_the_torch_port_says_that_there_is_no_group(monkeypatch):
    with skipped_if_unavailable("torch"):
        port = load("lif_ensemble", "torch_distributed")
    arguments = port.put(port.kernel.make_inputs("check", "float64"))
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: False)
    with pytest.raises(RuntimeError, match=r"there is none: call torch\.distributed\.init_process"):
        port.call(*arguments)
