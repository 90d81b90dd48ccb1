"""`make gpu` as far as it goes without one: what it refuses, where it goes on, what comes home."""

import json
import math
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from portstudy import UnknownName, find_kernel
from portstudy.checkout import ROOT
from portstudy.history import gpu
from portstudy.history.selection import select
from portstudy.measure.session import Figures, Interrupted, Session, Status

MACHINE = {
    "device_name": "NVIDIA H200", "driver": "580.1", "memory": "143771 MiB", "cuda": "13.0",
    "cpu": "A Processor", "num_cpu": "16", "os": "Linux", "arch": "x86_64", "python": "3.12",
    "versions": {"numpy": "2.5.2", "jax": "0.11.2", "numba": "0.68.1"},
    "commit": "c" * 40,
}  # fmt: skip


def session(size: str = "small", kernel: str = "lif") -> Session:
    """As if it had been measured there."""
    ports = {
        "numpy_dense": Figures(
            "numpy_dense", samples=[1.0, 1.0, 1.0], first_call_seconds=1.0, device_name="cpu"
        ),
        "jax_scan": Figures(
            "jax_scan", samples=[0.01, 0.015, 0.02], first_call_seconds=1.0,
            device_name="NVIDIA H200", device_peak_bytes=2**30, largest_error=0.0, values=10,
        ),
        "numba_cuda": Figures("numba_cuda", Status.UNAVAILABLE, "numba_cuda is not installed"),
    }  # fmt: skip
    return Session(kernel, size, "float32", "cuda", "all", "numpy_dense", True, "3.12", 16, ports)


@pytest.mark.skipif(shutil.which("nvidia-smi") is not None, reason="there may be a GPU here")
def test_without_a_gpu_it_says_so_and_writes_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "portstudy.history.gpu", "--out", str(tmp_path / "gpu.json")],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no NVIDIA GPU here: nvidia-smi" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_measured_by_default_has_ports_for_a_gpu():
    for kernel, size, ports in select(gpu.DEFAULT):
        assert size in find_kernel(kernel).sizes
        assert set(gpu.on_the_gpu(kernel)) & set(ports), kernel


def test_an_interrupted_file_resumes(tmp_path):
    file = gpu.File(tmp_path / "gpu.json")
    assert not file.has("lif", "small", ["jax_scan"], "float32")
    file.data["sessions"].append(asdict(session()))
    file.save()
    again = gpu.File(tmp_path / "gpu.json")
    assert again.has("lif", "small", ["jax_scan"], "float32")
    assert not again.has("lif", "small", ["jax_scan"], "float64")
    assert not again.has("lif", "small", ["jax_scan", "torch_eager"], "float32")
    assert [path.name for path in tmp_path.iterdir()] == ["gpu.json"], "nothing half-written"


class Clock:
    """Time as it is told."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def pretend(monkeypatch, **changes):
    monkeypatch.setattr(gpu, "describe", lambda: MACHINE | changes)
    monkeypatch.setattr(gpu, "git", lambda *words: MACHINE["commit"])
    monkeypatch.setattr(gpu, "devices", lambda library: {"cuda": {"name": "NVIDIA H200"}})
    monkeypatch.setattr(gpu, "measure_with_progress", lambda *a, **k: session())
    monkeypatch.setattr(gpu, "kernels", lambda: ["lif"])


class Proof:
    """As if a port had been proven there, in no time."""

    verdicts = ("equal",)

    def __init__(self, kernel, port, seconds):
        self.kernel, self.port = kernel, port

    def rows(self):
        row = {"dtype": "float32", "reason": "spikes differ", "tiers": []}
        return [row | {"verdict": verdict} for verdict in self.verdicts]

    def end(self):
        pass


@pytest.mark.parametrize(
    ("verdicts", "code"), [(["equal", "unavailable"], 0), (["equal", "wrong"], 1)]
)
def test_a_port_that_is_wrong_there_is_named_and_the_exit_code(
    verdicts, code, tmp_path, monkeypatch, capsys
):
    pretend(monkeypatch)
    monkeypatch.setattr(Proof, "verdicts", verdicts)
    monkeypatch.setattr(gpu, "Proof", Proof)
    path = tmp_path / "gpu.json"
    assert gpu.run(["lif:small:jax_scan"], path, "float32", gpu.Budget()) == code
    out = capsys.readouterr().out
    assert ("float32: wrong: spikes differ" in out) == bool(code)
    assert "1 ports measured in 1 sessions" in out
    data = json.loads(path.read_text())
    assert data["machine"]["device_name"] == "NVIDIA H200"
    assert set(data["proofs"]["lif"]) == set(gpu.on_the_gpu("lif"))
    monkeypatch.setattr(gpu, "Proof", lambda *words: pytest.fail("proven again"))
    assert gpu.run(["lif:small:jax_scan"], path, "float32", gpu.Budget()) == code


def test_a_file_of_another_machine_is_not_added_to(tmp_path, monkeypatch):
    path = tmp_path / "gpu.json"
    file = gpu.File(path)
    file.data["machine"] = MACHINE | {"device_name": "NVIDIA A100"}
    file.save()
    pretend(monkeypatch)
    with pytest.raises(UnknownName, match=r"is of NVIDIA A100.*allowed: a new file"):
        gpu.run(["lif:small"], path, "float32", gpu.Budget())


def test_without_git_the_commit_must_be_given(tmp_path, monkeypatch):
    pretend(monkeypatch)
    monkeypatch.setattr(gpu, "git", lambda *words: "")
    with pytest.raises(UnknownName, match=r"--commit: '' is no commit.*git rev-parse HEAD"):
        gpu.run(["lif:small"], tmp_path / "gpu.json", "float32", gpu.Budget())
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(gpu, "Proof", Proof)
    gpu.run(["lif:small"], tmp_path / "gpu.json", "float32", gpu.Budget(), "d" * 40)
    assert gpu.File(tmp_path / "gpu.json").data["machine"]["commit"] == "d" * 40


def test_in_minutes_the_most_telling_is_proven_first_then_measured(tmp_path, monkeypatch, capsys):
    """A port takes 40 s, one hangs; a session takes 100 s: what is done in 15 minutes?"""
    pretend(monkeypatch)
    clock, done = Clock(), []

    class Slow(Proof):
        def __init__(self, kernel, port, seconds):
            super().__init__(kernel, port, seconds)
            self.ends = clock.now + min(seconds, 1e9 if port == "jax_eager" else 40)
            done.append((kernel, port))

        def rows(self):
            return super().rows() if clock.now >= self.ends else []

    def measured(console, kernel, size, ports, **options):
        assert options["budget"] < 10
        done.append((kernel, size))
        clock.now += 100
        return session(size, kernel)

    monkeypatch.setattr(gpu, "Proof", Slow)
    monkeypatch.setattr(gpu, "measure_with_progress", measured)
    monkeypatch.setattr(gpu, "usable_processors", lambda: 16)
    monkeypatch.setattr(gpu.time, "sleep", clock.sleep)
    monkeypatch.setattr(gpu, "kernels", lambda: ["lif", "even_filter"])
    words = ["lif:small:jax_*", "softmax_regression:large", "lif:large:jax_scan"]
    gpu.run(words, tmp_path / "gpu.json", "float32", gpu.Budget(900, clock))
    assert clock.now < 901
    sessions = [done.index(pair) for pair in done if pair[1] in ("small", "large")]
    assert [done[i] for i in sessions] == [
        ("lif", "small"), ("softmax_regression", "large"), ("lif", "large")
    ]  # fmt: skip
    before, after = done[: sessions[0]], done[sessions[-1] + 1 :]
    assert {kernel for kernel, _ in before} == {"lif"}
    assert all(port.startswith("jax_") for _, port in before)
    assert ("softmax_regression", "jax_jit") in after
    assert ("even_filter", "jax_jit") in after


def test_the_end_of_the_minutes_keeps_the_session_that_is_under_way(tmp_path, monkeypatch, capsys):
    pretend(monkeypatch)

    def measured(*words, **options):
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            raise Interrupted(session()) from None

    monkeypatch.setattr(gpu, "measure_with_progress", measured)
    monkeypatch.setattr(gpu, "Proof", Proof)
    monkeypatch.setattr(gpu, "TIMEOUT", 0)
    path = tmp_path / "gpu.json"
    assert gpu.run(["lif:small:jax_scan"], path, "float32", gpu.Budget(1)) == 0
    assert "The time is over" in capsys.readouterr().out
    assert len(gpu.File(path).data["sessions"]) == 1


def test_of_two_rounds_nothing_is_kept(tmp_path, capsys):
    file, short = gpu.File(tmp_path / "gpu.json"), session()
    for figures in short.ports.values():
        figures.samples = figures.samples[:2]
    gpu.keep(gpu.open_console(), file, short)
    assert file.data["sessions"] == []


def test_a_port_whose_proof_hangs_is_wrong_and_nothing_of_it_is_left():
    proof = gpu.Proof("geometric_decay", "jax_jit", 0.01)
    while not (rows := proof.rows()):
        time.sleep(0.01)
    proof.end()
    assert {row["reason"] for row in rows} == {"no answer within 0.01 s"}
    assert {row["verdict"] for row in rows} == {"wrong"}
    assert proof.child.process.poll() is not None
    assert not Path(proof.folder.name).exists()


def test_a_port_is_proven_in_a_process_of_its_own():
    """Here, where there is no GPU: it is said why not."""
    proof = gpu.Proof("geometric_decay", "numba_njit", 300)
    while not (rows := proof.rows()):
        time.sleep(0.01)
    proof.end()
    assert [(row["port"], row["verdict"]) for row in rows] == 2 * [("numba_njit", "unavailable")]


def test_what_python_lacks_is_named_with_the_command_that_brings_it():
    need = ROOT / "scripts" / "need"
    assert subprocess.run([sys.executable, need, "numpy", "rich"]).returncode == 0
    done = subprocess.run(
        [sys.executable, need, "numpy", "no-such-package"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "lacks no-such-package" in done.stderr
    assert "-d wheels no-such-package" in done.stderr


def test_a_file_becomes_a_machine_of_the_history(tmp_path):
    pytest.importorskip("asv")
    copy = tmp_path / "copy"
    for folder in ("common", "implementations"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "benchmarks" / "results").mkdir(parents=True)
    for name in ("__init__.py", "ports.py"):
        shutil.copy(ROOT / "benchmarks" / name, copy / "benchmarks")
    shutil.copy(ROOT / "asv.conf.json", copy)
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-b", "main"], ["add", "."], ["commit", "-m", "all"]):
        subprocess.run(["git", *identity, *words], cwd=copy, check=True, capture_output=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=copy, check=True, capture_output=True, text=True
    ).stdout.strip()
    file = gpu.File(tmp_path / "gpu.json")
    file.data |= {"machine": MACHINE | {"commit": head}, "sessions": [asdict(session())]}
    file.save()
    done = subprocess.run(
        [sys.executable, "-m", "portstudy.history.gpu", "add", str(file.path)],
        cwd=copy, capture_output=True, text=True,
        env=os.environ
        | {"HOME": str(tmp_path), "PYTHONPATH": str(copy / "common"), "PORTSTUDY_REQUIRE": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    name = "nvidia-h200-a-processor-16-cores-cuda"
    assert f"Recorded as {name}" in done.stdout
    folder = copy / "benchmarks" / "results" / name
    machine = json.loads((folder / "machine.json").read_text())
    assert (machine["device"], machine["driver"], machine["cuda"]) == ("cuda", "580.1", "13.0")
    (path,) = folder.glob(f"{head[:8]}-*.json")
    assert "jax0.11.2" in path.name
    assert "torchnone" in path.name
    assert path.name.startswith(f"{head[:8]}-checkout-py3.12")
    assert {"scan": figures(path, "jax_scan"), "cuda": figures(path, "numba_cuda")} == {
        "scan": {"steady_state": 0.015, "device_memory": 2**30},
        "cuda": {},
    }


def figures(path: Path, port: str) -> dict[str, float]:
    from portstudy.history.results import cells

    data, place = json.loads(path.read_text()), (port, "small")
    names = ("steady_state", "device_memory")
    found = {name: cells(data, f"ports.Lif.track_{name}").get(place, math.nan) for name in names}
    return {name: value for name, value in found.items() if value == value}
