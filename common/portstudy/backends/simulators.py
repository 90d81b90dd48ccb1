"""Brian2 and NEST, simulators of spiking networks with an environment of their own."""

import shutil
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from portstudy.backends.base import Backend, Unavailable


class Brian2(Backend):
    """Brian2 makes a C++ program of a network and runs it; arrays travel through files."""

    package = "brian2"
    environment = "simulators"
    compilations: ClassVar[set[float]] = set()  # seconds that each program took

    def _start(self) -> None:
        super()._start()
        try:
            import brian2
        except AttributeError as error:  # Brian2 2.9 uses what NumPy 2.4 no longer has
            what = f"brian2 {self.version()} cannot be imported with NumPy {np.__version__}"
            remedy = f"it needs the environment of `make {self.environment}`"
            raise Unavailable(f"{what} ({error}): {remedy}") from error
        missing = [tool for tool in ("g++", "make") if shutil.which(tool) is None]
        if missing:
            raise Unavailable(f"brian2 compiles C++, but there is no {' and no '.join(missing)}")
        self.brian2 = brian2

    def call(self, function: Callable, arguments: tuple) -> Any:
        with np.errstate(over="ignore"):  # Brian2 looks for values above 1e50, in float32 too
            outputs = function(*arguments)
        if spent := self.brian2.device.timers["compile"]["make"]:
            Brian2.compilations.add(spent)
        return outputs

    def compiled(self) -> tuple[int, float]:
        return len(Brian2.compilations), sum(Brian2.compilations)

    def own_seconds(self) -> float | None:
        return self.brian2.device._last_run_time


class Nest(Backend):
    """NEST has its neurons compiled already, in float64. It keeps voltages relative to rest."""

    package = "nest"
    distribution = "nest-simulator"
    environment = "simulators"
    dtypes = ("float64",)
    rounds_elsewhere = 128.0  # an error a step, which lif's leak forgets in tau / dt = 128 of them

    def _start(self) -> None:
        super()._start()
        import nest

        nest.verbosity = nest.VerbosityLevel.ERROR
        self.nest = nest

    def own_seconds(self) -> float | None:
        return self.nest.kernel_status["time_simulate"]
