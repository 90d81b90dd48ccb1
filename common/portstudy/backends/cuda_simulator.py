"""Numba's CUDA simulator, with the threads of a block taking turns.

The simulator lets the threads of a block, Python's, run all at once, and asks them in a loop
whether they have come to a barrier: 8 ms a barrier for 64 of them. Here each runs from barrier to
barrier and then wakes the next, which takes a tenth of that and is the same order every time. In
that order a forgotten barrier is seen, which chance would hide: the first thread reads what the
last one has not written yet.

What nobody has written yet is, on a GPU, whatever was there, and in the simulator mostly 0, which
may be right by luck. Here it is always the same, and wrong: NaN, -1, the largest unsigned integer.
"""

import itertools
import sys
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numba import cuda
from numba.cuda.simulator import kernel as simulator
from numba.cuda.simulator import kernelapi
from numba.cuda.simulator.cudadrv import devicearray
from numba.cuda.simulator.cudadrv.devices import FakeCUDADevice
from numba.cuda.simulator.kernelapi import Dim3

from portstudy.trees import unwritten


class Ended(Exception):
    """Ends a thread of a block in which another one has failed."""


class Thread(simulator.BlockThread):
    """A thread that runs when it is its turn; it is kept, for to start one takes longest."""

    kept: ClassVar[list["Thread"]] = []

    def __init__(self) -> None:
        threading.Thread.__init__(self, daemon=True)
        self.turn = threading.Lock()
        self.turn.acquire()
        self.start()

    def place(self, block: "Block", kernel: Callable, block_index: tuple, index: tuple) -> None:
        """Where it stands in the next block it is part of."""
        self._manager, self.kernel = block, kernel
        self.blockIdx, self.threadIdx = Dim3(*block_index), Dim3(*index)
        x, y, _ = block._block_dim
        self.thread_id = index[0] + x * (index[1] + y * index[2])

    def run(self) -> None:
        """One kernel after the other, each from barrier to barrier."""
        while True:
            self.turn.acquire()
            block = self._manager
            try:
                if block.error is None:
                    self.kernel()
            except Ended:
                pass
            except Exception as error:
                block.error = error
            block.running.remove(self)
            self.after.before, self.before.after = self.before, self.after
            (self.after.turn if block.running else block.finished).release()

    def syncthreads(self) -> None:
        """Pass the turn on; it comes back when all others have come to a barrier, or returned."""
        self.after.turn.release()
        self.turn.acquire()
        if self._manager.error is not None:
            raise Ended


class Block(simulator.BlockManager):
    """The threads of a block."""

    def run(self, block_index: tuple, *arguments: Any) -> None:
        """Run them to their end; raise what one of them has raised."""
        self.run_together([block_index], arguments)

    def run_together(self, block_indices: list[tuple], arguments: tuple) -> None:
        """Run several blocks as one, each of whose barriers is one of all their threads."""
        self.error: Exception | None = None
        self.finished = threading.Lock()
        self.finished.acquire()
        places = list(itertools.product(block_indices, np.ndindex(*self._block_dim)))
        Thread.kept += [Thread() for _ in range(len(places) - len(Thread.kept))]
        threads = Thread.kept[: len(places)]
        for i, (thread, place) in enumerate(zip(threads, places, strict=True)):
            thread.place(self, lambda: self._f(*arguments), *place)
            thread.before, thread.after = threads[i - 1], threads[(i + 1) % len(threads)]
        self.running = set(threads)
        threads[0].turn.release()
        self.finished.acquire()
        if self.error is not None:
            raise self.error


class Local(kernelapi.FakeCUDALocal):
    """A thread's own memory."""

    def array(self, shape: Any, dtype: Any) -> np.ndarray:
        """As `cuda.local.array`."""
        return unwritten(super().array(shape, dtype))


class Shared(kernelapi.FakeCUDAShared):
    """A block's memory: an array for each line of a kernel, or one at the launch (shape 0)."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        unwritten(self._dynshared)

    def array(self, shape: Any, dtype: Any) -> np.ndarray:
        """As `cuda.shared.array`."""
        if shape == 0:
            return super().array(shape, dtype)
        caller = sys._getframe(1)
        line = caller.f_code, caller.f_lineno
        if line not in self._allocations:
            self._allocations[line] = Local().array(shape, dtype)
        return self._allocations[line]


def device_array(*args: Any, **kwargs: Any) -> devicearray.FakeCUDAArray:
    """Memory of the GPU."""
    return devicearray.FakeCUDAArray(unwritten(np.ndarray(*args, **kwargs)))


def take_turns() -> None:
    """From now on, in this process.

    A port may ask how much a GPU takes at once. Here it is little: one block runs after the other,
    so that a barrier across all is one of the only block, and each thread costs time.
    """
    simulator.BlockManager = Block
    kernelapi.FakeCUDALocal, kernelapi.FakeCUDAShared = Local, Shared
    cuda.device_array = devicearray.device_array = device_array
    FakeCUDADevice.MULTIPROCESSOR_COUNT = 1
    FakeCUDADevice.MAX_THREADS_PER_BLOCK = 8
