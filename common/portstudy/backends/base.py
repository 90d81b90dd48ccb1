"""What a backend does, and those whose arrays are NumPy's."""

import importlib.metadata
import importlib.util
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from portstudy.checkout import ROOT
from portstudy.trees import map_arrays


class Unavailable(RuntimeError):
    """A library or a device that is not here; the message says which, and what would help."""


class Backend:
    """NumPy, and every library whose functions take and return NumPy arrays."""

    package = "numpy"
    distribution = ""  # its name on PyPI, where that is another
    environment = ""  # the make target of the environment it lives in, where that is not ours
    dtypes: tuple[str, ...] = ("float64", "float32")
    rounds_elsewhere = 0.0
    """Where it rounds in other places, how many times what a rule allows it may differ; else 0."""
    takes_numpy = True
    """Is what runs Python and NumPy, as the file says it?"""
    changes_in_place = True
    """Can its arrays be changed in place?"""
    sums_in_float64 = False
    """Are float32 numbers that a loop adds up a float64, where no more is said?"""
    on_gpus = False
    """May its ports run on a GPU?"""
    simulated = ""
    """What stands in for the device, if anything does: ports are proven in it, and not measured."""

    def __init__(self, device: str = "cpu", dtype: str = "float64") -> None:
        self.device = device
        self.dtype = dtype
        if importlib.util.find_spec(self.package) is None:
            remedy = f"pip install {self.distribution or self.package}"
            if self.environment:
                remedy = f"it needs the environment of `make {self.environment}`"
            raise Unavailable(f"{self.package} is not installed: {remedy}")
        if dtype not in self.dtypes:
            known = ", ".join(self.dtypes)
            raise Unavailable(f"{self.package} computes in {known}, not in {dtype}")
        self._start()

    @classmethod
    def interpreter(cls) -> str:
        """The Python that has the library: this one, or that of the environment it lives in."""
        other = ROOT / f".venv-{cls.environment}" / "bin" / "python"
        return str(other) if cls.environment and other.exists() else sys.executable

    def _start(self) -> None:
        """Import the library; raise Unavailable where it cannot use the device."""
        if self.device != "cpu":
            raise Unavailable(f"{self.package} ports run on the CPU, not on {self.device!r}")

    def put(self, arguments: tuple) -> tuple:
        """NumPy arrays to the library's own, on the device; they are there when this returns."""
        return arguments

    def call(self, function: Callable, arguments: tuple) -> Any:
        """Call under this backend's dtype and device; may return before the result is there."""
        return function(*arguments)

    def wait(self, outputs: Any) -> Any:
        """Return the outputs once they are there."""
        return outputs

    def get(self, outputs: Any) -> Any:
        """The library's arrays to NumPy's."""

        def fetch(x: Any) -> Any:
            return np.asarray(x.toarray() if hasattr(x, "toarray") else x)  # SciPy's sparse ones

        return map_arrays(fetch, outputs)

    def compiled(self) -> tuple[int, float]:
        """How often the library has compiled in this process, and the seconds it took."""
        return 0, 0.0

    def threads(self) -> int:
        """How many threads the library computes in, where that can be set; else 1."""
        return 1

    def set_threads(self, number: int) -> None:
        """Compute in so many from now on."""

    def own_seconds(self) -> float | None:
        """Seconds that the library says its last call ran; None where our clock is to be believed.

        Of a simulator, the time in its loop over the steps. That favours it: building the network
        and moving it there and back are left out.
        """
        return None

    def device_name(self) -> str:
        """The device as the library names it."""
        return self.device

    def device_bytes(self) -> int:
        """The most of a GPU's memory that this process has held, arguments included; else 0."""
        return 0

    def version(self) -> str:
        """Version of the library."""
        return importlib.metadata.version(self.distribution or self.package)


class Scipy(Backend):
    """SciPy takes and returns NumPy arrays."""

    package = "scipy"


class Sklearn(Backend):
    """So does scikit-learn."""

    package = "sklearn"
    distribution = "scikit-learn"
