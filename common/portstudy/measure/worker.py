"""One port in a process of its own, which does as `portstudy.measure.rounds` tells it.

A line of JSON comes in, a line of JSON goes out. Everything that a library prints goes to stderr.
"""

import dataclasses
import functools
import gc
import math
import pickle
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from portstudy.functions import FunctionPort
from portstudy.measure.process import serve


def peak_memory(*, reset: bool = False) -> int:
    """The most memory this process has held, bytes; since the last reset where Linux can tell."""
    if sys.platform == "linux":
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


def _moved(arguments: tuple, steps: int, *, integers: bool = True) -> tuple:
    """The arguments, with the first number of each array moved in its last place.

    So the work stays the same. Where all numbers are integers: with the lowest bit of one of them.
    """
    import numpy as np

    from portstudy.trees import leaves, map_arrays

    kinds = {leaf.dtype.kind for leaf in leaves(arguments) if hasattr(leaf, "dtype")}

    def move(x: Any) -> Any:
        if x.ndim == 0 or x.size == 0:
            return x
        x = x.copy()
        first = (0,) * x.ndim
        if x.dtype.kind in "fc":
            real = x.real  # a view of it
            for _ in range(1 + steps):
                real[first] = np.nextafter(real[first], real.dtype.type(np.inf))
        elif x.dtype.kind in "iu" and integers and not kinds & {"f", "c"}:
            x[first] ^= 1 + steps  # beside those it may be an index
        return x

    return map_arrays(move, arguments)


class Commands:
    """The commands, by name. Each returns what is sent back."""

    moves_integers = True

    def __init__(
        self, kernel: Any, port: str, size: str, dtype: str, device: str, inputs: str = ""
    ) -> None:
        """`inputs` is the dtype that the arguments are made in, where it is not the port's."""
        start = time.perf_counter()
        from portstudy.backends.base import Unavailable
        from portstudy.find import load

        self.port = load(kernel, port, dtype=dtype, device=device)
        if stand_in := self.port.backend.simulated:
            raise Unavailable(f"here it runs in {stand_in}, which proves and has no speed")
        self.import_seconds = time.perf_counter() - start
        made = self.port.kernel.make_inputs(size, inputs or dtype)
        self.arguments = self.port.check(*made) if inputs else made

    def first(self) -> dict[str, Any]:
        """The first call, with all that is compiled for it, and the memory that calls take."""
        port = self.port
        held = peak_memory(reset=True)
        start = time.perf_counter()
        self.placed = port.put(self.arguments)
        put = time.perf_counter() - start
        _, before = port.backend.compiled()
        start = time.perf_counter()
        outputs = port.wait(port.call(*self.placed))
        first = time.perf_counter() - start
        _, after = port.backend.compiled()
        start = time.perf_counter()
        port.get(outputs)
        get = time.perf_counter() - start
        del outputs
        self.once = self._seconds(self.place())
        # Enough calls in a sample that the clock's resolution does not matter.
        self.number = max(1, int(0.02 / self.once))
        return {
            "import_seconds": self.import_seconds,
            "first_call_seconds": first,
            "compile_seconds": after - before,
            "put_seconds": put,
            "get_seconds": get,
            "peak_bytes": max(0, peak_memory() - held),
            "device_peak_bytes": port.backend.device_bytes(),
            "device_name": port.backend.device_name(),
            "version": port.backend.version(),
        }

    def prove(self, path: str) -> dict[str, Any]:
        """Run under all guards, on the arguments that are timed, and save the outputs."""
        import numpy as np

        from portstudy.proof.guards import run
        from portstudy.trees import leaves

        outputs = run(self.port, self.arguments).outputs
        names = list(self.port.kernel.rules(outputs))
        arrays = leaves(outputs)
        names += [""] * (len(arrays) - len(names))
        # Numbered, so that they stay in order and none is an argument of savez itself.
        np.savez(path, **{f"{i} {names[i]}": array for i, array in enumerate(arrays)})
        return {}

    def refuse_memory(self) -> dict[str, Any]:
        """Raise Different where a port remembers what it returned for the same arguments.

        It is right, and all its samples after the first would be the time of a look-up. So: does a
        call take far longer when one number has moved in its last place?
        """
        from portstudy.rules import Different

        if self.once > 0.02:  # no look-up takes so long
            return {}
        again, moved = math.inf, math.inf
        for i in range(8):  # in turn, so that what disturbs one disturbs the other
            again = min(again, self._seconds(self.place()))
            arguments = _moved(self.arguments, i, integers=self.moves_integers)
            moved = min(moved, self._seconds(self.port.put(arguments)))
        if moved > 20 * again and moved - again > 1e-4:
            raise Different(
                f"{self.port.kernel.name}/{self.port.name} remembers what it returned: a call "
                f"takes {again:.2g} s with the same arguments, {moved:.2g} s with others. "
                "Allowed: a function that computes in each call"
            )
        return {}

    def place(self) -> tuple:
        """The arguments on the device, for one more call."""
        return self.placed

    def _seconds(self, placed: tuple) -> float:
        start = time.perf_counter()
        self.port.wait(self.port.call(*placed))
        return time.perf_counter() - start

    def work(self) -> dict[str, Any]:
        """The operations of a call, counted in what JAX traces; and what could not be counted."""
        from portstudy.measure.operations import operations

        port, placed = self.port, self.port.put(self.arguments)
        return port.backend.call(operations, (port.call, placed))._asdict()

    def sample(self) -> dict[str, Any]:
        """Seconds a call, outputs waited for; or as many as the library itself says it ran."""
        port, number = self.port, self.number
        if port.backend.own_seconds() is not None:
            port.wait(port.call(*self.placed))
            return {"seconds": port.backend.own_seconds()}
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        for _ in range(number):
            port.wait(port.call(*self.placed))
        seconds = (time.perf_counter() - start) / number
        gc.enable()
        return {"seconds": seconds}


class FunctionCommands(Commands):
    """The commands for a function in a file of one's own, which may change its arguments."""

    port: FunctionPort
    arguments: Any
    moves_integers = False  # they may be indices
    fresh = True
    """Does each call get arguments of its own? Their copies are not timed."""

    def place(self) -> tuple:
        """Fresh arguments, where calls change them."""
        return self.port.put(self.arguments) if self.fresh else self.placed

    def prove(self, path: str) -> dict[str, Any]:
        """Call it under all guards, on the arguments that are timed, and save what it gave."""
        from portstudy.proof.precision import terms
        from portstudy.proof.same import outcomes

        found = outcomes(self.port, self.arguments)
        self.fresh = found[0].fresh
        self._save(path, found)
        return {"note": "; ".join(found[0].notes), "terms": terms(self.arguments)}

    def values(self, path: str, what: str, draw: int) -> dict[str, Any]:
        """Save `noise`, `moved` or `other` of it, as `portstudy.proof.precision` measures them."""
        from portstudy.proof import precision

        self._save(path, getattr(precision, what)(self.port, self.arguments, draw))
        return {}

    def threads(self, path: str) -> dict[str, Any]:
        """Save what it gives with other numbers of threads; look for indices out of bounds."""
        from portstudy.proof.same import check_bounds, with_threads

        self._save(path, dict(with_threads(self.port, self.arguments)))
        check_bounds(self.port, self.arguments)
        return {}

    def original(self) -> dict[str, Any]:
        """Call the reference and the port as they are; seconds of the port's first call."""
        from portstudy.find import reference_of
        from portstudy.proof.precision import evidence
        from portstudy.proof.same import outcomes

        start = time.perf_counter()
        outcomes(self.port, self.arguments)
        seconds = time.perf_counter() - start
        reference: Any = reference_of(self.port)
        self.expected = outcomes(reference, self.arguments)
        found = evidence(reference, self.port, self.arguments)
        self.measured = dataclasses.replace(
            found, reference=functools.cache(found.reference), port=functools.cache(found.port)
        )
        return {"seconds": seconds}

    def mistake(self, source: str) -> dict[str, Any]:
        """Prove the port with another source: raises what a mistake raises, or Different.

        By the noise of the port as it is, so that nothing is compiled for float32 again.
        """
        from portstudy.importing import import_source
        from portstudy.proof.same import compare_outcomes, outcomes

        kernel = self.port.kernel
        module = import_source(kernel.path(self.port.name), source)
        function = getattr(module, kernel.function(self.port.name))
        port = dataclasses.replace(self.port, function=function)
        given = outcomes(port, self.arguments, once=True)
        compare_outcomes(port.name, self.expected, given, self.measured)
        return {}

    def _save(self, path: str, value: Any) -> None:
        Path(path).write_bytes(pickle.dumps(value))

    def sample(self) -> dict[str, Any]:
        """Seconds a call, outputs waited for; copies of arguments are not timed."""
        if not self.fresh:
            return super().sample()
        gc.collect()
        gc.disable()
        times: list[float] = []
        end = time.perf_counter() + 0.2
        while len(times) < self.number and (not times or time.perf_counter() < end):
            times.append(self._seconds(self.place()))
        gc.enable()
        return {"seconds": sum(times) / len(times)}


def commands(job: dict[str, Any]) -> Commands:
    """What does as it is told, for this job."""
    if isinstance(job["kernel"], list):  # files: a tuple, until it was JSON
        return FunctionCommands(**job | {"kernel": tuple(job["kernel"])})
    return Commands(**job)


if __name__ == "__main__":
    serve(commands)
