"""Numba, on the CPU and on a GPU."""

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from portstudy.backends.base import Backend, Unavailable
from portstudy.trees import map_arrays


class Numba(Backend):
    """Numba compiles a function for the types of its arguments, at the first call with them."""

    package = "numba"
    takes_numpy = False
    sums_in_float64 = True
    count, seconds, depth, started = 0, 0.0, 0, 0.0
    listener: Any = None

    def _start(self) -> None:
        super()._start()
        self._listen()

    def _listen(self) -> None:
        from numba.core import event

        if Numba.listener is None:

            class Listener(event.Listener):
                def on_start(self, event: Any) -> None:
                    if Numba.depth == 0:  # compilations nest: a function calls another
                        Numba.started = time.perf_counter()
                    Numba.depth += 1

                def on_end(self, event: Any) -> None:
                    Numba.depth -= 1
                    if Numba.depth == 0:
                        Numba.count += 1
                        Numba.seconds += time.perf_counter() - Numba.started

            Numba.listener = Listener()
            event.register("numba:compile", Numba.listener)

    def compiled(self) -> tuple[int, float]:
        return Numba.count, Numba.seconds

    def threads(self) -> int:
        import numba

        return numba.get_num_threads()

    def set_threads(self, number: int) -> None:
        import numba

        numba.set_num_threads(number)


@contextlib.contextmanager
def bounds_checked() -> Iterator[None]:
    """What Numba compiles meanwhile checks every index, which it does not unless told to."""
    from numba import config

    kept = config.BOUNDSCHECK
    config.BOUNDSCHECK = 1
    try:
        yield
    finally:
        config.BOUNDSCHECK = kept


def lend_row_stack() -> None:
    """NumPy 2.5 has no `row_stack` any more, and numba-cuda 0.30 does not compile without it."""
    if not hasattr(np, "row_stack"):
        np.row_stack = np.vstack  # noqa: NPY201


class NumbaCuda(Numba):
    """Numba on the GPU; on the CPU in its simulator, where a Python thread is one of the GPU's.

    `numba.cuda` is the one or the other from when it is imported: a process has one of them.
    """

    package = "numba_cuda"
    distribution = "numba-cuda"
    on_gpus = True
    simulators: bool | None = None
    counting = False

    def _start(self) -> None:
        from numba import config

        simulator = self.device == "cpu"
        may_be_here = shutil.which("nvidia-smi") is not None or Path("/dev/nvidia0").exists()
        if not simulator and not may_be_here:
            raise Unavailable("numba_cuda sees no 'cuda' device: no nvidia-smi, no GPU file")
        if simulator and may_be_here and not config.ENABLE_CUDASIM:
            raise Unavailable("numba_cuda has a GPU here: NUMBA_ENABLE_CUDASIM=1 for its simulator")
        if NumbaCuda.simulators is None:
            config.ENABLE_CUDASIM = simulator
            NumbaCuda.simulators = simulator
        elif NumbaCuda.simulators != simulator:
            there = "its simulator" if NumbaCuda.simulators else "the GPU"
            raise Unavailable(f"numba_cuda runs on {there} in this process already")
        lend_row_stack()
        from numba import cuda

        config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # of few blocks, which some ports need
        if simulator:
            from portstudy.backends.cuda_simulator import take_turns

            self.simulated = "Numba's CUDA simulator"
            take_turns()
        elif not cuda.is_available():
            raise Unavailable(f"numba_cuda sees no 'cuda' device: {cuda.cuda_error()}")
        else:
            self.free = cuda.current_context().get_memory_info().free  # bytes
        self.cuda = cuda
        self._listen()

    def _listen(self) -> None:
        super()._listen()
        if self.simulated or NumbaCuda.counting:
            return
        from numba.cuda.dispatcher import CUDADispatcher  # which announces no compilation

        compile_one = CUDADispatcher.compile

        def count(dispatcher: Any, signature: Any) -> Any:
            known, start = len(dispatcher.overloads), time.perf_counter()
            kernel = compile_one(dispatcher, signature)
            if len(dispatcher.overloads) > known:
                Numba.count += 1
                Numba.seconds += time.perf_counter() - start
            return kernel

        CUDADispatcher.compile = count
        NumbaCuda.counting = True

    def put(self, arguments: tuple) -> tuple:
        return self.wait(map_arrays(self._to_device, arguments))

    def _to_device(self, x: Any) -> Any:
        return self.cuda.to_device(x) if isinstance(x, np.ndarray) else x

    def wait(self, outputs: Any) -> Any:
        self.cuda.synchronize()
        return outputs

    def get(self, outputs: Any) -> Any:
        def fetch(x: Any) -> Any:
            return x.copy_to_host() if hasattr(x, "copy_to_host") else np.asarray(x)

        return map_arrays(fetch, outputs)

    def device_name(self) -> str:
        if self.simulated:
            return "cpu"
        name = self.cuda.get_current_device().name
        return name.decode() if isinstance(name, bytes) else name  # bytes, until lately

    def device_bytes(self) -> int:
        # It frees late: what its context holds now is the most that it has held.
        if self.simulated:
            return 0
        return self.free - self.cuda.current_context().get_memory_info().free
