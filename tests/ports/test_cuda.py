"""Kernels for GPUs, where there is none: they compile for one, and how they are simulated.

The simulator runs kernels as Python, so it accepts what no compiler for a GPU would.
"""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from portstudy import Unavailable, find_kernel, load
from portstudy.backends.numba import NumbaCuda
from portstudy.checkout import IMPLEMENTATIONS
from portstudy.kernel import DTYPES
from portstudy.proof import prove_to_the_bit

if importlib.util.find_spec("numba_cuda") is None:
    pytest.skip("numba_cuda is not installed: pip install numba-cuda", allow_module_level=True)

KERNELS = sorted(path.parent.name for path in IMPLEMENTATIONS.glob("*/numba_cuda.py"))
# Arithmetic in LLVM's language, and in the GPU's assembler; constants are folded.
DOUBLE = re.compile(r"\bf(add|sub|mul|div) double %|\b(add|sub|mul|div|fma)[.\w]*\.f64\b")
IN_DOUBLE = {  # what works in float64 whatever the port's dtype
    "random_uniform",  # in the half that is for 64 bits
    "begin",  # sums over all points, and the factors of covariances
    "fit",
}


def compile_for_gpu(*cases: str) -> dict[str, dict[str, str] | str]:
    """Code of each kernel that these ports launch, or why there is none; in another process."""
    command = [sys.executable, "-m", "tests.ports.cuda_compile", *cases]
    done = subprocess.run(command, capture_output=True, text=True, cwd=IMPLEMENTATIONS.parent)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines())


@pytest.fixture(scope="module")
def compiled() -> dict[str, dict[str, str] | str]:
    return compile_for_gpu(*(f"{kernel}:{dtype}" for kernel in KERNELS for dtype in DTYPES))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_a_port_compiles_for_a_gpu(compiled, kernel: str, dtype: str):
    kernels = compiled[f"{kernel}:{dtype}"]
    assert isinstance(kernels, dict), kernels
    assert kernels, "the port launches nothing"
    for name, code in kernels.items():
        assert name in code
        if dtype == "float32" and name not in IN_DOUBLE:
            # A literal is enough: 0.5 times a float32 is a float64, at a fraction of the speed.
            assert not DOUBLE.search(code), f"{name} computes in float64"


@pytest.mark.parametrize(
    ("kernel", "old", "new"),
    [  # each of these runs in the simulator
        ("interleave_rows", "= first[row, word]", "= {0: first[row, word]}[0]"),
        ("lif", "total = counts[step]", "total = max(list(counts[step : step + 1]))"),
    ],
)
def test_what_no_gpu_compiles_is_refused(kernel: str, old: str, new: str, tmp_path: Path):
    folder = shutil.copytree(find_kernel(kernel).folder, tmp_path / kernel)
    source = (folder / "numba_cuda.py").read_text(encoding="utf-8")
    assert source.count(old) == 1
    (folder / "numba_cuda.py").write_text(source.replace(old, new), encoding="utf-8")
    (found,) = compile_for_gpu(f"{folder}:float64").values()
    assert isinstance(found, str), "it compiled"
    assert found.startswith("TypingError: ")


cuda: Any = None  # numba.cuda, in which the simulator takes a kernel's globals for the GPU's


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        backend = load("lotka_volterra", "numba_cuda").backend
    except Unavailable as reason:  # there is a GPU
        pytest.skip(str(reason))
    monkeypatch.setitem(globals(), "cuda", backend.cuda)  # type: ignore[attr-defined]


@pytest.mark.usefixtures("simulator")
def test_threads_take_turns_from_barrier_to_barrier():
    @cuda.jit
    def log_turns(turns, count):
        thread = cuda.threadIdx.x
        for _ in range(2):
            turns[count[0]] = thread
            count[0] += 1
            if thread == 3:
                return  # nobody waits for it
            cuda.syncthreads()

    turns, count = np.full(12, -1), np.zeros(1, int)
    log_turns[1, 5](turns, count)
    assert turns.tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 4, -1, -1, -1]


@pytest.mark.usefixtures("simulator")
def test_one_block_after_the_other():
    @cuda.jit
    def number(numbers):
        numbers[cuda.grid(1)] = 10 * cuda.blockIdx.x + cuda.threadIdx.x

    numbers = np.zeros(6, int)
    number[2, 3](numbers)
    assert numbers.tolist() == [0, 1, 2, 10, 11, 12]


@pytest.mark.usefixtures("simulator")
@pytest.mark.parametrize(
    ("dtype", "value"),
    [("float64", np.nan), ("float32", np.nan), ("int32", -1), ("uint64", 2**64 - 1), ("bool", 1)],
)
def test_what_is_read_before_it_is_written_is_never_0(dtype: str, value: float):
    kinds = 5

    @cuda.jit
    def read(found, never_written, like):
        line, dtype = cuda.threadIdx.x, found.dtype
        memory = (
            cuda.shared.array(3, dtype),
            cuda.shared.array(0, dtype),
            cuda.local.array(3, dtype),
            never_written,
            like,
        )
        assert memory[0] is not memory[1]
        for kind in range(kinds):
            found[line, kind] = memory[kind][line]

    found = np.zeros((3, kinds), dtype)
    never_written = cuda.device_array((3,), dtype)
    read[1, 3, 0, 24](found, never_written, cuda.device_array_like(found[:, 0]))
    np.testing.assert_array_equal(found, np.full_like(found, value))


@pytest.mark.usefixtures("simulator")
def test_a_thread_that_fails_ends_its_block_and_no_other():
    @cuda.jit
    def fail(reached, failing):
        thread = cuda.threadIdx.x
        cuda.syncthreads()
        if thread == failing:
            raise ValueError(f"thread {thread}")
        cuda.syncthreads()
        reached[thread] = True

    reached = np.zeros(4, bool)
    with pytest.raises(ValueError, match="thread 2"):
        fail[1, 4](reached, 2)
    assert not reached.any()
    fail[1, 4](reached, -1)
    assert reached.all()


@pytest.mark.usefixtures("simulator")
@pytest.mark.parametrize("multiprocessors", [2, 3])
def test_a_barrier_across_several_blocks(monkeypatch: pytest.MonkeyPatch, multiprocessors: int):
    """LIF needs all blocks at once, which the simulator runs one after the other by itself."""
    from numba.cuda.simulator import kernel
    from numba.cuda.simulator.cudadrv.devices import FakeCUDADevice
    from portstudy.backends.cuda_simulator import Block

    port = load("lif", "numba_cuda")
    launched: list[list[tuple]] = [[]]

    class Together(Block):
        def run(self, block_index: tuple, *arguments: Any) -> None:
            launched[-1].append(block_index)
            if len(launched[-1]) == np.prod(self._grid_dim):
                self.run_together(launched[-1], arguments)
                launched.append([])

    monkeypatch.setattr(kernel, "BlockManager", Together)
    monkeypatch.setattr(FakeCUDADevice, "MULTIPROCESSOR_COUNT", multiprocessors)
    arguments = find_kernel("lif").make_inputs("check,steps=60", "float64")
    prove_to_the_bit(port, arguments)
    assert len(launched[0]) == multiprocessors


@pytest.mark.usefixtures("simulator")
def test_a_gpu_that_is_not_here_is_not_simulated():
    """Asked for, it is missed; and where one is, nothing stands in for it unless it is asked to."""
    for device in ("cuda", "cpu"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(numba.config, "ENABLE_CUDASIM", 0)
            patch.setattr(shutil, "which", {"cpu": str, "cuda": {}.get}[device])
            with pytest.raises(Unavailable, match=r"numba_cuda (sees no 'cuda' device|has a GPU)"):
                NumbaCuda(device)
    assert NumbaCuda("cpu").simulated == "Numba's CUDA simulator"
