"""What a machine allows: the time that a result takes at least.

A kernel states the bytes that must move for its result, and the arithmetic; this measures how fast
this machine moves bytes that are spread over so much memory (so from the cache that holds them, or
from memory), and how fast it multiplies and adds. The time at the limit follows (Williams, Waterman
and Patterson, Roofline, Communications of the ACM 52(4), 2009), and a port's time over it.

    python -m portstudy.measure.limits JOB    samples of it, in a worker process: see `rounds`
"""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from portstudy.backends.base import Unavailable
from portstudy.measure.process import serve
from portstudy.work import Traffic, Work

CHAIN = 8
"""Multiply-adds on a value that is loaded once, when the peak is measured."""


class Limit:
    """The time at the limit of one piece of work, measured as often as asked."""

    def __init__(self, work: Sequence, dtype: str) -> None:
        try:
            import numba
        except ImportError:
            raise Unavailable("the machine's limits are measured with numba: not here") from None
        self.work = Work(tuple(Traffic(*traffic) for traffic in work[0]), work[1])
        self.dtype = np.dtype(dtype)
        self.threads = numba.get_num_threads()
        self.read, self.triad, self.fma = _loops()

    def sample(self) -> dict[str, Any]:
        """Seconds that the work takes at least, and what of it moving and computing take."""
        moving = sum(t.bytes / self.bandwidth(t.within) for t in self.work.traffic)
        computing = self.work.operations / self.peak()
        return {"seconds": max(moving, computing), "moving": moving, "computing": computing}

    def bandwidth(self, within: float) -> float:
        """Bytes a second from arrays of so many bytes in all: the faster of reading and a triad."""
        # Beyond 256 MiB no cache holds anything; the last levels need no more than that to show.
        total = int(min(max(within, 8 * 2**10), 256 * 2**20))
        best = 0.0
        for function, arrays in ((self.read, 1), (self.triad, 3)):
            size = max(64, total // (8 * arrays * self.threads))
            data = [np.ones((self.threads, size)) for _ in range(arrays)]
            once = 8 * arrays * size * self.threads
            best = max(best, _rate(lambda n, f=function, d=data: f(*d, n), once))  # type: ignore[misc]
        return best

    def peak(self) -> float:
        """Additions and multiplications a second, in registers."""
        start = np.ones((self.threads, 512), dtype=self.dtype)
        a, b = self.dtype.type(0.5), self.dtype.type(0.25)
        return _rate(lambda n: self.fma(start, a, b, n), 2 * CHAIN * start.size)


class DeviceLimit(Limit):
    """The same on a GPU: its memory's bandwidth, and its rate of multiplying matrices.

    Small arrays are measured as 16 MiB, which the cache of a GPU that is no older than this project
    holds: below that it is the launch of a kernel that takes the time. What fits into the registers
    of one multiprocessor need not move at all: a kernel may keep it there.
    """

    IN_GRAPH = 20
    """Launches that are recorded together, so that the processor's part in them is not measured."""

    def __init__(self, work: Sequence, dtype: str) -> None:
        try:
            import torch
        except ImportError:
            raise Unavailable("a GPU's limits are measured with torch: not here") from None
        if not torch.cuda.is_available():
            raise Unavailable("torch sees no 'cuda' device")
        torch.backends.cuda.matmul.allow_tf32 = False
        self.torch = torch
        registers = 4 * torch.cuda.get_device_properties(0).regs_per_multiprocessor  # bytes
        traffic = (Traffic(*traffic) for traffic in work[0])
        self.work = Work(tuple(t for t in traffic if t.within > registers), work[1])
        self.dtype = getattr(torch, dtype)

    def bandwidth(self, within: float) -> float:
        """Bytes a second of a triad over arrays of so many bytes in all."""
        total = int(min(max(within, 2**24), 2**30))
        a, b, c = self.torch.ones((3, total // 12), dtype=self.torch.float32, device="cuda")

        graph = self.torch.cuda.CUDAGraph()
        with self.torch.cuda.graph(graph):
            for _ in range(self.IN_GRAPH):
                self.torch.add(b, c, alpha=0.5, out=a)

        def triad(repeats: int) -> None:
            for _ in range(repeats):
                graph.replay()
            self.torch.cuda.synchronize()

        return _rate(triad, self.IN_GRAPH * 3 * a.nbytes)

    def peak(self) -> float:
        """Additions and multiplications a second, of large matrices."""
        size = 4096
        a, b = self.torch.ones((2, size, size), dtype=self.dtype, device="cuda")

        def product(repeats: int) -> None:
            for _ in range(repeats):
                self.torch.matmul(a, b)
            self.torch.cuda.synchronize()

        return _rate(product, 2 * size**3)


def _rate(function: Callable[[int], Any], amount: float) -> float:
    """The best rate that repeated calls show, of a function that does `amount` n times over."""
    number, once = 1 + int(2**25 / amount), math.inf  # the first try compiles
    for _ in range(30):  # tries shorter than a slice of the scheduler: some are not interrupted
        start = time.perf_counter()
        function(number)
        seconds = time.perf_counter() - start
        once = min(once, seconds / number)
        if number * once < 0.001:
            number = int(number * min(4, 1 + 0.001 / seconds))
    return amount / once


def _loops() -> tuple[Callable, Callable, Callable]:
    """The loops that are timed, each thread on memory of its own."""
    import numba

    parallel = numba.njit(parallel=True, fastmath=True)

    @parallel
    def read(a: Any, repeats: int) -> Any:
        sums = np.zeros(len(a))
        for thread in numba.prange(len(a)):
            total = 0.0
            for _ in range(repeats):
                for i in range(a.shape[1]):
                    total += a[thread, i]
            sums[thread] = total
        return sums

    @parallel
    def triad(a: Any, b: Any, c: Any, repeats: int) -> None:
        for thread in numba.prange(len(a)):
            for _ in range(repeats):
                for i in range(a.shape[1]):
                    a[thread, i] = b[thread, i] + 0.5 * c[thread, i]

    @numba.njit(parallel=True, fastmath={"contract"})
    def fma(start: Any, a: Any, b: Any, repeats: int) -> Any:
        end = np.empty_like(start)
        for thread in numba.prange(len(start)):
            for _ in range(repeats):
                for i in range(start.shape[1]):
                    x = start[thread, i]
                    for _ in range(CHAIN):  # unrolled, and many of them are under way at once
                        x = x * a + b
                    end[thread, i] = x
        return end

    return read, triad, fma


if __name__ == "__main__":
    serve(lambda job: {"cpu": Limit, "cuda": DeviceLimit}[job.pop("device")](**job))
